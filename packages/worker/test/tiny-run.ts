/** A run of four tiny photos, with a chain of checkpoints as a coordinator makes it. */
import { packShard } from '@worldflora/dataset/shard'
import { initialWeights } from '@worldflora/model/parameters'
import { applyDelta, encodeDelta } from '@worldflora/protocol/delta-codec'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import type { CheckpointRef, Lease, RunDescription } from '@worldflora/protocol/messages'
import { contributionShape } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { PhaseConfig } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import sharp from 'sharp'
import * as v from 'valibot'
import { layoutOfTrained } from '../src/compute/held-weights.ts'
import type { ScriptedCoordinator } from './scripted-coordinator.ts'

export const SPECIES = 3

export const run = {
  id: 'run-1',
  train: 'all',
  config: v.parse(PhaseConfig, {
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

export const layout = layoutOfTrained(run)

async function paintPhoto(index: number): Promise<Uint8Array> {
  const background = { r: 60 * index, g: 200 - 40 * index, b: 30 }
  return sharp({ create: { width: 24, height: 24, channels: 3, background } })
    .jpeg()
    .toBuffer()
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

/** The weights of step 0, and the chain of deltas that leads on from them. */
export function trace(steps: number) {
  const weights = initialWeights(run.config.architecture, SPECIES, run.config.seed)
  const base = encodeWeights(weights)
  const shape = { quantised: layout.quantised, exact: layout.exact + layout.statistics }
  const { wire } = run.config
  const deltas: { bytes: Uint8Array; checkpoint: Hash }[] = []
  for (let step = 1; step <= steps; step++) {
    const values = weights.map((value, i) => (i < layout.quantised ? (value * step) / 20 : value))
    const { bytes } = must(encodeDelta({ values, weights, shape, wire }))
    applyDelta(weights, bytes, { ...shape, wire, unitExponent: null })
    deltas.push({ bytes, checkpoint: hashOf(encodeWeights(weights)) })
  }
  return { base, deltas, weights: encodeWeights(weights) }
}

/** The checkpoint of that step as base and deltas, whose blobs are with the coordinator. */
export function checkpointAfter(step: number, coordinator: ScriptedCoordinator): CheckpointRef {
  const { base, deltas, weights } = trace(step)
  return {
    step,
    checkpoint: hashOf(weights),
    base: { step: 0, ...coordinator.keep(base) },
    deltas: deltas.map(({ bytes, checkpoint }) => ({ ...coordinator.keep(bytes), checkpoint })),
  }
}

/** The same checkpoint as a base of its own. */
export function rebasedAt(step: number, coordinator: ScriptedCoordinator): CheckpointRef {
  const { weights } = trace(step)
  const base = { step, ...coordinator.keep(weights) }
  return { step, checkpoint: base.blob, base, deltas: [] }
}

export function gradientLease(
  leaseId: string,
  checkpoint: CheckpointRef,
  shard: { blob: Hash; bytes: number },
  { samples = [0, 1, 2, 3], tasks = [0], prefetch = [] as { hash: Hash; bytes: number }[] } = {},
): { kind: 'leased'; lease: Lease } {
  const entries = [{ shard: shard.blob, bytes: shard.bytes, samples }]
  const { step } = checkpoint
  const lease = {
    leaseId,
    durationMs: 60_000,
    run,
    checkpoint,
    tasks: tasks.map((task) => ({ kind: 'gradient', step, task, epoch: 0, entries })),
    prefetch,
  }
  return { kind: 'leased', lease: lease as unknown as Lease }
}

/** What is uploaded, read as the edge reads it. */
export const contributionKind = {
  ...contributionShape(layout),
  wire: run.config.wire,
  unitExponent: run.unitExponent,
}

export function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(value.message)
  return value
}
