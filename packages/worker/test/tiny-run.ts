/** A run of four tiny photos, with a chain of checkpoints as a coordinator makes it. */
import { packShard } from '@worldflora/dataset/shard'
import { initialWeights } from '@worldflora/model/parameters'
import { applyDelta, encodeVector, parseVector } from '@worldflora/protocol/gradient-codec'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import type { CheckpointRef, Lease, RunDescription } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { RunConfig } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import sharp from 'sharp'
import * as v from 'valibot'
import { layoutOfRun } from '../src/compute/held-weights.ts'
import type { ScriptedCoordinator } from './scripted-coordinator.ts'

export const SPECIES = 3

export const run = {
  id: 'run-1',
  config: v.parse(RunConfig, {
    name: 'tiny',
    flora: 'tiny',
    seed: 7,
    architecture: { name: 'small-cnn', width: 0.25, imageSize: 16 },
    samplesPerTask: 4,
    samplesPerChunk: 2,
    tasksPerStep: 2,
    steps: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
  }),
  flora: { name: 'tiny', hash: hashOf(new Uint8Array()), species: SPECIES },
  unitExponent: -34,
} as unknown as RunDescription

export const layout = layoutOfRun(run)

async function paintPhoto(index: number): Promise<Uint8Array> {
  const background = { r: 60 * index, g: 200 - 40 * index, b: 30 }
  return sharp({ create: { width: 24, height: 24, channels: 3, background } }).jpeg().toBuffer()
}

export async function packTinyShard(damaged?: number): Promise<Uint8Array> {
  const jpegs = await Promise.all([0, 1, 2, 3].map(paintPhoto))
  return packShard(
    jpegs.map((jpeg, index) => ({
      jpeg: index === damaged ? jpeg.subarray(0, 20) : jpeg,
      species: index % SPECIES,
      observation: `plant ${index}`,
    })),
  )
}

/** The weights of step 0, and `deltas` steps on from them; their blobs are with the coordinator. */
export function checkpointAfter(deltas: number, coordinator: ScriptedCoordinator): CheckpointRef {
  const weights = initialWeights(run.config.architecture, SPECIES, run.config.seed)
  const base = coordinator.keep(encodeWeights(weights))
  const ref = { step: deltas, base: { step: 0, ...base }, deltas: [] as CheckpointRef['deltas'] }
  const shape = { quantised: layout.quantised, exact: layout.exact + layout.statistics }
  const { wire } = run.config
  for (let step = 1; step <= deltas; step++) {
    const values = Float32Array.from(weights, (value, i) => (i < layout.quantised ? value / (8 + step) : value))
    const encoded = must(encodeVector({ values, layout: shape, wire, unitExponent: null, random: null }))
    applyDelta(weights, must(parseVector(encoded, { ...shape, wire, unitExponent: null })))
    ref.deltas.push({ ...coordinator.keep(encoded), checkpoint: hashOf(encodeWeights(weights)) })
  }
  return { ...ref, checkpoint: ref.deltas.at(-1)?.checkpoint ?? base.blob }
}

/** The same weights as a base of their own. */
export function rebased(ref: CheckpointRef, coordinator: ScriptedCoordinator): CheckpointRef {
  const weights = initialWeights(run.config.architecture, SPECIES, run.config.seed)
  const shape = { quantised: layout.quantised, exact: layout.exact + layout.statistics }
  const { wire } = run.config
  for (let step = 1; step <= ref.deltas.length; step++) {
    const values = Float32Array.from(weights, (value, i) => (i < layout.quantised ? value / (8 + step) : value))
    const encoded = must(encodeVector({ values, layout: shape, wire, unitExponent: null, random: null }))
    applyDelta(weights, must(parseVector(encoded, { ...shape, wire, unitExponent: null })))
  }
  return { ...ref, base: { step: ref.step, ...coordinator.keep(encodeWeights(weights)) }, deltas: [] }
}

export function gradientLease(
  leaseId: string,
  checkpoint: CheckpointRef,
  shard: { blob: Hash; bytes: number },
  samples = [0, 1, 2, 3],
): { kind: 'leased'; lease: Lease } {
  const entries = [{ shard: shard.blob, bytes: shard.bytes, samples }]
  const task = { kind: 'gradient', step: checkpoint.step, task: 0, epoch: 0, entries }
  return { kind: 'leased', lease: { leaseId, durationMs: 60_000, run, checkpoint, task } as unknown as Lease }
}

export function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(value.message)
  return value
}
