import { expect, test } from 'vitest'
import { Standstill } from '../platform/standstill.ts'

test('a hint is said once, and given up on only if it stands for minutes without a break', () => {
  const standstill = new Standstill()
  expect(standstill.look('no worker', 0)).toBe('no worker')
  expect(standstill.look('no worker', 179_000)).toBe(null)
  expect(standstill.look(undefined, 179_500)).toBe(null)
  expect(standstill.look('no worker', 180_000)).toBe('no worker')
  expect(standstill.look('none of that class', 300_000)).toBe('none of that class')
  expect(standstill.look('none of that class', 479_000)).toBe(null)
  expect(() => standstill.look('none of that class', 480_000)).toThrow('for 180 s: none of that class')
})
