import { expect, it } from 'vitest'
import { isHeic } from '../src/identify/photo/heic.ts'

const file = (text: string) => new TextEncoder().encode(text)

it.each([
  ['\0\0\0\x24ftypheic\0\0\0\0mif1heic', true],
  ['\0\0\0\x18ftypmif1\0\0\0\0', true],
  ['\0\0\0\x20ftypavif\0\0\0\0', false],
  ['\0\0\0\x20ftypmp42\0\0\0\0', false],
  ['ftypheic', false],
  ['', false],
])('a HEIC photo is known by its first box: %j', (text, isOne) => {
  expect(isHeic(file(text))).toBe(isOne)
})
