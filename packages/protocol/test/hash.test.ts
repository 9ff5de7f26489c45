import fc from 'fast-check'
import { afterEach, expect, it, vi } from 'vitest'
import { canonicalJson, engineHashOf, hashOf } from '../src/hash.ts'

afterEach(() => void vi.unstubAllGlobals())

it('is SHA-256: the standard’s own example (FIPS 180-4, "abc")', () => {
  expect(hashOf(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

it('is the same by the engine, where it has one to offer and where not', async () => {
  const same = fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
    expect(await engineHashOf(bytes)).toBe(hashOf(bytes))
  })
  await fc.assert(same)
  vi.stubGlobal('crypto', {})
  await fc.assert(same)
})

it('is of one text for equal values: keys sorted, no spaces, nothing undefined', () => {
  expect(canonicalJson({ b: [1, null, { d: 'x', c: undefined }], a: true })).toBe(
    '{"a":true,"b":[1,null,{"d":"x"}]}',
  )
})
