import { expect, it } from 'vitest'
import { plainWords } from '../../src/runs/plain-words.ts'

it('IN1: a stranger’s words are kept and shown without control characters', () => {
  expect(plainWords('out of\u0000 memory \u001b[2J\r\nü')).toBe('out of  memory  [2J ü')
})
