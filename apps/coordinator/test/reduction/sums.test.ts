import { readFileSync } from 'node:fs'
import {
  BLOCK_SIZE,
  decodeVector,
  type EncodedVector,
  encodeVector,
} from '@worldflora/protocol/gradient-codec'
import { mergePartialSums, type PartialSumKind, partialSumOf } from '@worldflora/protocol/partial-sum'
import { RandomStream } from '@worldflora/protocol/random'
import type { Wire } from '@worldflora/protocol/run-config'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Body } from '../../src/reduction/body.ts'
import type { Contribution } from '../../src/reduction/contribution.ts'
import { kernelsIn } from '../../src/reduction/kernels.ts'
import { PageReader } from '../../src/reduction/pages.ts'
import { readFrame } from '../../src/reduction/partial-sum-frame.ts'
import { Room } from '../../src/reduction/room.ts'
import { CONTRIBUTIONS_AT_ONCE, makeSums, Sums } from '../../src/reduction/sums.ts'
import { must, noise, parsed, SAMPLES, shape, UNIT, vectorBytes, WIRES } from './fixture.ts'

const inRoom: Body[] = []
afterEach(empty)

function empty(): void {
  for (const body of inRoom.splice(0)) body.release()
}

function contributionIn(body: Body, kind: PartialSumKind): Contribution {
  const tasks = new DataView(body.read(8, 4).buffer).getUint32(0, true)
  const frame = readFrame(body, kind, tasks)
  if (typeof frame === 'string') throw new Error(frame)
  return frame
}

/** Sums as threads make them, in this thread: bodies in a room, and a seat for each of `threads`. */
const reader = new PageReader()
const room = new Room(64 << 20, (buffer) => reader.addBuffer(buffer))

function bench(of = shape, wire: Wire = 'int8', threads = 1) {
  const kind = { ...of, wire, unitExponent: UNIT }
  const shared = makeSums(kind, threads)
  const seats = Array.from({ length: threads }, (_, thread) => new Sums(shared, thread))
  /** One task's contribution goes as the partial sum that it is. */
  const bodyOf = async (given: Uint8Array): Promise<Contribution> => {
    const isVector = new TextDecoder().decode(given.subarray(0, 4)) === 'WFV1'
    const bytes = isVector ? partialSumOf(parsed(given, wire, of), 'coded') : given
    const body = (await room.take(bytes.byteLength))!
    body.write(bytes)
    inRoom.push(body)
    return contributionIn(body, kind)
  }
  return { kind, shared, seats, bodyOf }
}

type Cut = { threads: number; batch: number; segments: number }
const WHOLE: Cut = { threads: 1, batch: CONTRIBUTIONS_AT_ONCE, segments: Number.POSITIVE_INFINITY }

/** The sums of contributions that are added in batches, each cut into slices, which the threads take in turn. */
async function sumOf(contributions: Uint8Array[], wire: Wire, of = shape, cut = WHOLE): Promise<bigint[]> {
  const { seats, bodyOf } = bench(of, wire, cut.threads)
  const bodies = await Promise.all(contributions.map(bodyOf))
  const { length } = seats[0]!.segments
  let turn = 0
  for (let from = 0; from < bodies.length; from += cut.batch) {
    for (let first = 0; first < length; first += cut.segments) {
      const seat = seats[turn++ % seats.length]!
      seat.add(reader, bodies.slice(from, from + cut.batch), {
        first,
        end: Math.min(length, first + cut.segments),
      })
    }
  }
  empty()
  return [...seats[0]!.values()]
}

/** The same in JavaScript's own whole numbers of any size. */
function referenceSum(contributions: Uint8Array[], wire: Wire, of = shape): bigint[] {
  const units = contributions.map((bytes) =>
    Array.from(decodeVector(parsed(bytes, wire, of)), (value) => BigInt(value * 2 ** -UNIT)),
  )
  return units[0]!.map((_, i) => units.reduce((sum, one) => sum + one[i]!, 0n))
}

function encode(values: ArrayLike<number>, quantised: number, wire: Wire, seed: number): Uint8Array {
  const of = { quantised, exact: values.length - quantised }
  const random = new RandomStream(seed, 'roundGradient')
  return must(
    encodeVector({ values: Float32Array.from(values), layout: of, wire, unitExponent: UNIT, random }),
  )
}

function permutations<T>(items: T[]): T[][] {
  if (items.length < 2) return [items]
  return items.flatMap((first, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [first, ...rest]),
  )
}

describe.each(WIRES)('the sum of contributions on the %s wire', (wire) => {
  const five = [0, 1, 2, 3, 4].map((task) => vectorBytes(task, wire, 10 ** -task))

  it('RD1: is the exact one', async () => {
    expect(await sumOf(five, wire)).toEqual(referenceSum(five, wire))
  })

  it('RD1: has the same bits in every order', async () => {
    const expected = await sumOf(five, wire)
    for (const order of permutations(five)) expect(await sumOf(order, wire)).toEqual(expected)
  })

  it('RD1: has the same bits in every grouping', async () => {
    const expected = await sumOf(five, wire)
    for (let groups = 1; groups < 2 ** five.length - 1; groups++) {
      const left = await sumOf(
        five.filter((_, i) => groups & (1 << i)),
        wire,
      )
      const right = await sumOf(
        five.filter((_, i) => !(groups & (1 << i))),
        wire,
      )
      expect(left.map((sum, i) => sum + right[i]!)).toEqual(expected)
    }
  })

  it('RD1: is exact for any values in range, in blocks of any length, in batches of any size', async () => {
    // Most magnitudes of a block are near each other, some are as far apart as the range allows.
    const value = fc
      .tuple(fc.float({ noNaN: true, min: -8000, max: 8000 }), fc.constantFrom(0, 0, 3, 12, 30))
      .map(([magnitude, down]) => magnitude * 2 ** -down)
    const vectors = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }))
      .chain(([length, tasks]) =>
        fc.record({
          lists: fc.array(fc.array(value, { minLength: length, maxLength: length }), {
            minLength: tasks,
            maxLength: tasks,
          }),
          quantised: fc.integer({ min: 0, max: length }),
          batch: fc.integer({ min: 1, max: CONTRIBUTIONS_AT_ONCE }),
        }),
      )
    await fc.assert(
      fc.asyncProperty(vectors, async ({ lists, quantised, batch }) => {
        const contributions = lists.map((list, task) => encode(list, quantised, wire, task))
        const of = { quantised, exact: lists[0]!.length - quantised }
        const sums = await sumOf(contributions, wire, of, { ...WHOLE, batch })
        expect(sums).toEqual(referenceSum(contributions, wire, of))
      }),
    )
  })

  it('RD1: has the same bits with 1, 2 and 4 threads, and whatever the slices and batches are', async () => {
    // Two segments and a bit, and a short one of the exact section.
    const of = { quantised: 140_000, exact: 1500 }
    const several = Array.from({ length: 5 }, (_, task) =>
      encode(noise(of.quantised + of.exact, 10 ** (task - 5), task), of.quantised, wire, task),
    )
    const expected = new BigInt64Array(await sumOf(several, wire, of))
    for (const threads of [1, 2, 4]) {
      for (const batch of [1, 3]) {
        const sums = await sumOf(several, wire, of, { threads, batch, segments: threads === 2 ? 2 : 1 })
        expect(
          Buffer.compare(Buffer.from(new BigInt64Array(sums).buffer), Buffer.from(expected.buffer)),
        ).toBe(0)
      }
    }
  })

  it('RD1: 2^16 contributions at the end of the range do not overflow', async () => {
    // The largest magnitudes that each wire can say below 2^13: 2^47 units of 2^-34.
    const largest = { int8: 8128, int16: 8191.75, float32: 8192 - 2 ** -11 }[wire]
    const values = Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? largest : -largest))
    const extreme = encode([...values, 8192 - 2 ** -11], 20, wire, 1)
    const of = { quantised: 20, exact: 1 }
    const { seats, bodyOf } = bench(of, wire)
    const body = await bodyOf(extreme)
    const batch = Array.from({ length: CONTRIBUTIONS_AT_ONCE }, () => body)
    for (let added = 0; added < 65_536; added += batch.length)
      seats[0]!.add(reader, batch, { first: 0, end: 2 })
    const expected = referenceSum([extreme], wire, of).map((one) => one * 65_536n)
    expect([...seats[0]!.values()]).toEqual(expected)
    expect(expected[20]).toBe((2n ** 47n - 2n ** 23n) * 2n ** 16n)
  })

  it.each(['plain', 'coded'] as const)(
    'RD1: %s partial sums, alone and among others, are the same sums',
    async (coding) => {
      const expected = referenceSum(five, wire)
      const one = (bytes: Uint8Array) => parsed(bytes, wire)
      const alone = five.map((bytes) => partialSumOf(one(bytes), coding))
      expect(await sumOf(alone, wire)).toEqual(expected)
      const merged = mergePartialSums(five.slice(0, 3).map(one), coding)
      expect(await sumOf([merged, five[3]!, alone[4]!], wire)).toEqual(expected)
    },
  )

  it('RD1: partial sums are exact for any values in range, of any number of tasks', async () => {
    const value = fc
      .tuple(fc.float({ noNaN: true, min: -8000, max: 8000 }), fc.constantFrom(0, 0, 3, 12, 30))
      .map(([magnitude, down]) => magnitude * 2 ** -down)
    const list = fc.array(value, { minLength: 200, maxLength: 200 })
    const lists = fc.array(list, { minLength: 1, maxLength: 6 })
    const coding = fc.constantFrom('plain' as const, 'coded' as const)
    await fc.assert(
      fc.asyncProperty(lists, coding, fc.nat(200), async (lists, coding, quantised) => {
        const of = { quantised, exact: 200 - quantised }
        const vectors = lists.map((list, task) => encode(list, quantised, wire, task))
        const merged = mergePartialSums(
          vectors.map((bytes) => parsed(bytes, wire, of)),
          coding,
        )
        expect(await sumOf([merged, merged], wire, of)).toEqual(
          referenceSum(vectors, wire, of).map((sum) => sum * 2n),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('GB2: the mean divides by samples, in double precision, and rounds once; the sums are zero then', async () => {
    const { seats, shared, bodyOf } = bench(shape, wire, 2)
    seats[0]!.add(reader, await Promise.all(five.map(bodyOf)), { first: 0, end: 2 })
    seats[1]!.takeMeans(SAMPLES * 3, { first: 0, end: 2 })
    for (const [i, sum] of referenceSum(five, wire).entries()) {
      expect(shared.means[i]).toBe(Math.fround((Number(sum) * 2 ** UNIT) / (SAMPLES * 3)))
    }
    expect(seats[0]!.values().every((value) => value === 0n)).toBe(true)
  })
})

it('GB2: a mean is rounded as the division says, for sums of any size', () => {
  const sums = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1, maxLength: 9 })
  const samples = fc.integer({ min: 1, max: 2 ** 24 })
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
  const kernels = kernelsIn(memory)
  fc.assert(
    fc.property(sums, samples, (sums, samples) => {
      new BigInt64Array(memory.buffer).set(sums)
      kernels.takeMean(0, 1024, sums.length, 2 ** UNIT, samples)
      const means = [...new Float32Array(memory.buffer, 1024, sums.length)]
      expect(means).toEqual(sums.map((sum) => Math.fround((Number(sum) * 2 ** UNIT) / samples)))
    }),
  )
})

it('no buffer holds a whole vector: beyond 16 Mi values the sums go on in another memory', async () => {
  const of = { quantised: 2 ** 24 + 70_000, exact: 2 }
  const mantissas = new Int8Array(of.quantised)
  for (const at of [0, 2 ** 24 - 1, 2 ** 24, of.quantised - 1]) mantissas[at] = 5
  const vector: EncodedVector = {
    ...of,
    wire: 'int8',
    unitExponent: UNIT,
    blockSize: BLOCK_SIZE,
    exponents: new Int8Array(Math.ceil(of.quantised / BLOCK_SIZE)).fill(UNIT),
    mantissas,
    exactValues: new Float32Array(of.exact),
  }
  const bytes = partialSumOf(vector, 'coded')
  const { seats, shared, bodyOf } = bench(of, 'int8')
  const body = await bodyOf(bytes)
  seats[0]!.add(reader, [body, body], { first: 0, end: seats[0]!.segments.length })
  expect(shared.parts.length).toBe(2)
  const sums = seats[0]!.values()
  for (const at of [0, 2 ** 24 - 1, 2 ** 24, of.quantised - 1]) expect(sums[at]).toBe(10n)
  expect(sums.reduce((count, sum) => count + (sum === 0n ? 0 : 1), 0)).toBe(4)
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
