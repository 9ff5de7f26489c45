/** A network of seven tensors' worth of nothing much, and contributions to it, for the tests of the reduction. */
import { type EncodedVector, encodeVector, parseVector } from '@worldflora/protocol/gradient-codec'
import type { RunId } from '@worldflora/protocol/ids'
import { layoutOf, TALLY } from '@worldflora/protocol/parameter-layout'
import { partialSumOf } from '@worldflora/protocol/partial-sum'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { PhaseConfig, type Wire } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import * as v from 'valibot'
import type { Body } from '../../src/reduction/body.ts'
import type { OpenReduction, Reducer } from '../../src/reduction/reducer.ts'

export const UNIT = -34
export const WIRES: Wire[] = ['int8', 'int16', 'float32']
export const SAMPLES = 8

export const layout = layoutOf([
  { name: 'kernel', shape: [30, 50], role: 'trainable', decay: true },
  { name: 'bias', shape: [5], role: 'trainable', decay: false },
  { name: 'mean', shape: [3], role: 'statistic', decay: false },
])
export const shape = { quantised: layout.quantised, exact: layout.total - layout.quantised + TALLY.length }

export function noise(count: number, scale: number, seed: number): Float32Array<ArrayBuffer> {
  const random = new RandomStream(seed, 'initialWeights')
  return Float32Array.from({ length: count }, () => random.normal() * scale)
}

export function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(value.message)
  return value
}

/** What a worker would send for the task. */
export function contributionBytes(task: number, wire: Wire): Uint8Array<ArrayBuffer> {
  return partialSumOf(parsed(vectorBytes(task, wire), wire), 'coded')
}

/** What it keeps of the task by itself. */
export function vectorBytes(task: number, wire: Wire, scale = 1e-2): Uint8Array<ArrayBuffer> {
  const values = noise(shape.quantised + shape.exact, scale, task)
  values.set([20, 3], layout.total)
  const random = new RandomStream(1, 'roundGradient', 0, task)
  return must(encodeVector({ values, layout: shape, wire, unitExponent: UNIT, random }))
}

export function parsed(bytes: Uint8Array, wire: Wire, of = shape): EncodedVector {
  return must(parseVector(bytes, { ...of, wire, unitExponent: UNIT }))
}

/** What the edge does with a result that the core accepts: room, bytes in pieces, a look, and into the sums. */
export async function deliver(
  reducer: Reducer,
  { runId, step }: { runId: RunId; step: number },
  bytes: Uint8Array,
  wire: Wire,
  tasks = 1,
): Promise<null | Rejection> {
  const body = await received(reducer, bytes)
  const expected = { ...shape, wire, unitExponent: UNIT }
  const checked = await reducer.check(body, expected, tasks)
  if (!isRejection(checked)) return reducer.add({ runId, step, received: checked.received })
  body.release()
  return checked
}

export async function received(reducer: Reducer, bytes: Uint8Array): Promise<Body> {
  const body = (await reducer.takeRoom(bytes.byteLength))!
  for (let from = 0; from < bytes.byteLength; from += 1000) body.write(bytes.subarray(from, from + 1000))
  return body
}

export function runConfig(wire: Wire, optimizer: Record<string, unknown> = {}): PhaseConfig {
  return v.parse(PhaseConfig, {
    name: 'tiny',
    flora: 'tiny',
    architecture: { name: 'small-cnn' },
    samplesPerTask: 4,
    tasksPerStep: 2,
    steps: 10,
    wire,
    optimizer: { name: 'sgd', learningRate: 0.5, schedule: 'cosine', ...optimizer },
  })
}

export function openingOf(wire: Wire, optimizer: Record<string, unknown> = {}): OpenReduction {
  return {
    runId: `run-${wire}` as RunId,
    layout,
    selection: null,
    config: runConfig(wire, optimizer),
    unitExponent: UNIT,
    stepsPerEpoch: 2.5,
    firstStep: 0,
    endStep: 10,
    weights: encodeWeights(noise(layout.total, 0.1, 99)),
    optimizerState: null,
    step: 0,
  }
}
