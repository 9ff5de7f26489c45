import { readFileSync } from 'node:fs'
import { decodeVector, type EncodedVector, encodeVector } from '@worldflora/protocol/gradient-codec'
import { RandomStream } from '@worldflora/protocol/random'
import type { Wire } from '@worldflora/protocol/run-config'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Accumulator } from '../../src/reduction/accumulator.ts'
import { contributionBytes, must, parsed, SAMPLES, shape, UNIT, WIRES } from './fixture.ts'

function sumOf(contributions: EncodedVector[], of = shape): bigint[] {
  const accumulator = new Accumulator(of, UNIT)
  for (const contribution of contributions) accumulator.add(contribution)
  return [...accumulator.sums()]
}

/** The same in JavaScript's own whole numbers of any size. */
function referenceSum(contributions: EncodedVector[]): bigint[] {
  const units = contributions.map((one) =>
    Array.from(decodeVector(one), (value) => BigInt(value * 2 ** -UNIT)),
  )
  return units[0]!.map((_, i) => units.reduce((sum, one) => sum + one[i]!, 0n))
}

function encode(values: number[], quantised: number, wire: Wire, seed: number): EncodedVector {
  const of = { quantised, exact: values.length - quantised }
  const random = new RandomStream(seed, 'roundGradient')
  const request = { values: Float32Array.from(values), layout: of, wire, unitExponent: UNIT, random }
  return parsed(must(encodeVector(request)), wire, of)
}

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items]
  return items.flatMap((first, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [first, ...rest]),
  )
}

describe.each(WIRES)('the sum of contributions on the %s wire', (wire) => {
  const five = [0, 1, 2, 3, 4].map((task) => parsed(contributionBytes(task, wire, 10 ** -task), wire))

  it('RD1: is the exact one', () => {
    expect(sumOf(five)).toEqual(referenceSum(five))
  })

  it('RD1: has the same bits in every order', () => {
    const expected = new BigInt64Array(sumOf(five)).buffer
    for (const order of permutations(five)) {
      expect(Buffer.compare(Buffer.from(new BigInt64Array(sumOf(order)).buffer), Buffer.from(expected))).toBe(
        0,
      )
    }
  })

  it('RD1: has the same bits in every grouping', () => {
    const expected = sumOf(five)
    for (let groups = 0; groups < 2 ** five.length; groups++) {
      const left = sumOf(five.filter((_, i) => groups & (1 << i)))
      const right = sumOf(five.filter((_, i) => !(groups & (1 << i))))
      expect(left.map((sum, i) => sum + right[i]!)).toEqual(expected)
    }
  })

  it('RD1: is exact for any values in range, in blocks of any length', () => {
    const value = fc.float({ noNaN: true, min: -8000, max: 8000 })
    const vectors = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }))
      .chain(([length, tasks]) =>
        fc.tuple(
          fc.array(fc.array(value, { minLength: length, maxLength: length }), {
            minLength: tasks,
            maxLength: tasks,
          }),
          fc.integer({ min: 0, max: length }),
        ),
      )
    fc.assert(
      fc.property(vectors, ([lists, quantised]) => {
        const contributions = lists.map((list, task) => encode(list, quantised, wire, task))
        const of = { quantised, exact: lists[0]!.length - quantised }
        expect(sumOf(contributions, of)).toEqual(referenceSum(contributions))
      }),
    )
  })

  it('RD1: 2^16 contributions at the end of the range do not overflow', () => {
    // The largest magnitudes that each wire can say below 2^13: 2^47 units of 2^-34.
    const largest = { int8: 8128, int16: 8191.75, float32: 8192 - 2 ** -11 }[wire]
    const extreme = encode([largest, -largest, largest, -largest, 8192 - 2 ** -11], 4, wire, 1)
    const accumulator = new Accumulator({ quantised: 4, exact: 1 }, UNIT)
    for (let task = 0; task < 65_536; task++) accumulator.add(extreme)
    const expected = referenceSum([extreme]).map((one) => one * 65_536n)
    expect([...accumulator.sums()]).toEqual(expected)
    expect(expected[4]).toBe((2n ** 47n - 2n ** 23n) * 2n ** 16n)
  })

  it('GB2: the mean divides by samples, in double precision, and rounds once', () => {
    const accumulator = new Accumulator(shape, UNIT)
    for (const contribution of five) accumulator.add(contribution)
    const mean = accumulator.mean(SAMPLES * 3)
    for (const [i, sum] of referenceSum(five).entries()) {
      expect(mean[i]).toBe(Math.fround((Number(sum) * 2 ** UNIT) / (SAMPLES * 3)))
    }
    accumulator.reset()
    expect(accumulator.mean(1).every((value) => value === 0)).toBe(true)
  })
})

it('the kernels bring no memory and no data of their own: neither can lie on top of the sums', () => {
  const bytes = readFileSync(new URL('../../assembly/reduction.wasm', import.meta.url))
  const compiled = new WebAssembly.Module(bytes)
  expect(WebAssembly.Module.imports(compiled)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }])
  expect(sectionIds(bytes)).not.toContain(5)
  expect(sectionIds(bytes)).not.toContain(11)
})

/** Ids of a WASM binary's sections: 5 is memory, 11 is data. */
function sectionIds(bytes: Uint8Array): number[] {
  const ids: number[] = []
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]!)
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      size |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    at += size
  }
  return ids
}
