/** The rows of the bench: what is measured on each set of photos, network and wire. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { type EncodedVector, parseVector } from '@worldflora/protocol/gradient-codec'
import {
  addPartialSum,
  type Coding,
  EXACT_BLOCK,
  mergePartialSums,
  type PartialSumKind,
  parsePartialSum,
} from '@worldflora/protocol/partial-sum'
import type { Architecture } from '@worldflora/protocol/run-config'
import type { BenchReport } from '../runner/bench.ts'
import {
  drawnPhotos,
  must,
  openModel,
  type PhotoSet,
  photosOfFolder,
  type Sample,
  sampleAfter,
  WIRES,
} from './gradients.ts'
import { entropyBits, entropyBitsByParameter, riceBits } from './limits.ts'

const NETWORKS: readonly Architecture[] = [
  { name: 'mobilenet-v1', width: 0.25, imageSize: 96 },
  { name: 'small-cnn', width: 1, imageSize: 64 },
]
const TASKS = [1, 2, 4, 8, 16]
const BLOCK = 1024
const TIMED_VALUES = 3_500_000
const REPEATS = 7

type Row = BenchReport['rows'][number]

export type CodingMeasurement = {
  steps: number
  /** Of photos, a folder per species; measured besides the drawn ones. */
  folder: string | undefined
  say(line: string): void
}

export async function measureCodings({ steps, folder, say }: CodingMeasurement): Promise<Row[]> {
  await openModel()
  const sets = [await drawnPhotos(), ...(folder === undefined ? [] : [photosOfFolder('folder', folder)])]
  const rows: Row[] = []
  for (const photos of sets) {
    for (const network of NETWORKS) {
      say(`${network.name} on ${photos.name} photos: ${steps} steps, then 16 tasks`)
      rows.push(...rowsOf(photos, network, await sampleAfter(network, photos, steps, Math.max(...TASKS))))
    }
  }
  return rows
}

function rowsOf(photos: PhotoSet, network: Architecture, sample: Sample): Row[] {
  const rows: Row[] = []
  for (const wire of WIRES) {
    const kind: PartialSumKind = { ...sample.shape, wire, unitExponent: sample.unitExponent }
    const contributions = sample.contributions[wire].map((bytes) => must(parseVector(bytes, kind)))
    const values = kind.quantised + kind.exact
    const row = (tasks: number, method: string, bits: number, times: Row = {}) => ({
      photos: photos.name,
      network: network.name,
      values,
      wire,
      tasks,
      method,
      bitsPerValue: rounded(bits / values),
      kilobytesPerImage: rounded(bits / 8000 / (tasks * sample.samplesPerTask)),
      ...times,
    })
    const delta = sample.deltas[wire]
    const deltaRow = (method: string, bytes: number) => ({
      photos: photos.name,
      network: network.name,
      values: delta.values,
      wire,
      method,
      bitsPerValue: rounded((bytes * 8) / delta.values),
    })
    rows.push(deltaRow('delta, plain', delta.plainBytes), deltaRow('delta, coded', delta.bytes))
    for (const tasks of TASKS) {
      const summed = contributions.slice(0, tasks)
      const plain = mergePartialSums(summed, 'plain')
      rows.push(row(tasks, 'plain', plain.length * 8, tasks === 1 ? timesOf(kind, summed[0]!, 'plain') : {}))
      const coded = mergePartialSums(summed, 'coded')
      rows.push(row(tasks, 'coded', coded.length * 8, tasks === 1 ? timesOf(kind, summed[0]!, 'coded') : {}))
      if (tasks > 1) continue
      const zipped = (level: number, strategy: number) => deflateRawSync(plain, { level, strategy })
      const times = deflateTimes(plain, values)
      rows.push(row(tasks, 'deflate', zipped(1, constants.Z_DEFAULT_STRATEGY).length * 8, times))
      rows.push(row(tasks, 'huffman', zipped(1, constants.Z_HUFFMAN_ONLY).length * 8))
      const sums = new BigInt64Array(values)
      addPartialSum(must(parsePartialSum(plain, kind, { tasks })), sums)
      const quantised = [...sums.subarray(0, kind.quantised)]
      const exact = [...sums.subarray(kind.quantised)]
      const exactBits = riceBits(exact, EXACT_BLOCK)
      rows.push(
        row(tasks, 'exact section in blocks of 1,024', riceBits(quantised, BLOCK) + riceBits(exact, BLOCK)),
      )
      rows.push(row(tasks, 'quantised section in blocks of 128', riceBits(quantised, 128) + exactBits))
      rows.push(row(tasks, 'limit: entropy', entropyBits(quantised, BLOCK) + exactBits))
      rows.push(
        row(tasks, 'limit: entropy by parameter', entropyBitsByParameter(quantised, BLOCK) + exactBits),
      )
    }
  }
  return rows
}

/** Of a contribution with the same blocks over and over, until it has 3.5 million values. */
function timesOf(kind: PartialSumKind, one: EncodedVector, coding: Coding): Row {
  const blocks = Math.floor(kind.quantised / BLOCK)
  const repeats = Math.ceil(TIMED_VALUES / (blocks * BLOCK))
  const quantised = repeats * blocks * BLOCK
  const mantissas = new (one.mantissas.constructor as typeof Int8Array)(quantised)
  const exponents = new Int8Array(kind.wire === 'float32' ? 0 : repeats * blocks)
  for (let repeat = 0; repeat < repeats; repeat++) {
    mantissas.set((one.mantissas as Int8Array).subarray(0, blocks * BLOCK), repeat * blocks * BLOCK)
    if (exponents.length > 0) exponents.set(one.exponents.subarray(0, blocks), repeat * blocks)
  }
  const large: EncodedVector = { ...one, quantised, mantissas, exponents }
  const bytes = mergePartialSums([large], coding)
  return {
    encodeMs: cpuMs(() => mergePartialSums([large], coding)),
    decodeMs: cpuMs(() => must(parsePartialSum(bytes, { ...kind, quantised }, { tasks: 1 }))),
  }
}

function deflateTimes(plain: Uint8Array, values: number): Row {
  const repeats = Math.ceil(TIMED_VALUES / values)
  const large = new Uint8Array(plain.length * repeats)
  // Not the same bytes each time within deflate's window of 32 kB: that would be found.
  for (let repeat = 0; repeat < repeats; repeat++) large.set(plain, repeat * plain.length)
  const zipped = deflateRawSync(large, { level: 1 })
  return {
    encodeMs: cpuMs(() => deflateRawSync(large, { level: 1 })),
    decodeMs: cpuMs(() => inflateRawSync(zipped)),
  }
}

/** The least of several: what the machine does besides only adds to it. */
function cpuMs(work: () => unknown): number {
  let least = Number.POSITIVE_INFINITY
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, (user + system) / 1000)
  }
  return rounded(least)
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
