/**
 * Real gradients to measure codings on: a network is trained on one machine for some steps, then the contributions of one
 * more step are kept, on every wire, with the update that the step would send.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { drawHerbarium } from '@worldflora/dataset/herbarium'
import { readShard } from '@worldflora/dataset/shard'
import { openBackend } from '@worldflora/model/backend'
import { computeGradient, type TrainingPhoto } from '@worldflora/model/gradient'
import { nodeAssets } from '@worldflora/model/node-assets'
import { nextStatistics } from '@worldflora/model/optimizer'
import { initialWeights, parameterSpecs } from '@worldflora/model/parameters'
import { openDecoder } from '@worldflora/model/photo'
import { encodeDelta } from '@worldflora/protocol/delta-codec'
import {
  encodedBytes,
  encodeVector,
  unitExponentFor,
  type VectorShape,
} from '@worldflora/protocol/gradient-codec'
import { contributionShape, deltaShape, layoutOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection, parseOrReject, type Rejection } from '@worldflora/protocol/rejection'
import { type Architecture, RunConfig, type Wire } from '@worldflora/protocol/run-config'

export const WIRES: readonly Wire[] = ['int8', 'int16', 'float32']
const CLASSES = 24
const SAMPLES_PER_TASK = 16
const TASKS_PER_STEP = 4

export type PhotoSet = { name: string; photos: TrainingPhoto[] }

export type Sample = {
  shape: VectorShape
  unitExponent: number
  samplesPerTask: number
  /** WFV1 bytes, one a task. */
  contributions: Record<Wire, Uint8Array[]>
  /** Of the step's update. */
  deltas: Record<Wire, { values: number; bytes: number; plainBytes: number }>
}

export async function openModel(): Promise<void> {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
}

export async function drawnPhotos(): Promise<PhotoSet> {
  const photos: TrainingPhoto[] = []
  const manifestShards = new Map<string, Uint8Array>()
  const flora = must(
    await drawHerbarium({
      name: 'drawn',
      species: CLASSES,
      mostObservations: 12,
      fewestObservations: 6,
      writeShard: async (hash: string, bytes: Uint8Array) => {
        manifestShards.set(hash, bytes.slice())
      },
    }),
  )
  for (const { hash } of flora.manifest.shards.train)
    photos.push(...must(readShard(manifestShards.get(hash)!)))
  return { name: 'drawn', photos: new RandomStream(1, 'shuffleSamples').shuffle(photos) }
}

/** A folder per species, of JPEGs. */
export function photosOfFolder(name: string, folder: string): PhotoSet {
  const photos: TrainingPhoto[] = []
  for (const [species, id] of readdirSync(folder).sort().entries()) {
    for (const file of readdirSync(`${folder}/${id}`).sort()) {
      photos.push({ jpeg: readFileSync(`${folder}/${id}/${file}`), species })
    }
  }
  return { name, photos: new RandomStream(1, 'shuffleSamples').shuffle(photos) }
}

/** `steps` of training, then the contributions of `tasks` tasks of the next step. */
export async function sampleAfter(
  architecture: Architecture,
  { photos }: PhotoSet,
  steps: number,
  tasks: number,
): Promise<Sample> {
  const config = must(
    parseOrReject(
      RunConfig,
      {
        name: 'coding',
        flora: 'coding',
        architecture,
        samplesPerTask: SAMPLES_PER_TASK,
        tasksPerStep: TASKS_PER_STEP,
        steps: 1000,
        optimizer: { name: 'sgd', learningRate: 0.1 },
        augmentation: { crop: true, flip: true, color: 0.2 },
      },
      'the run',
    ),
  )
  const layout = layoutOf(parameterSpecs(architecture, CLASSES))
  const weights = initialWeights(architecture, CLASSES, config.seed)
  const momentum = new Float32Array(layout.quantised + layout.exact)
  let next = 0
  const gradientOf = async (step: number, task: number) => {
    const chosen = Array.from({ length: SAMPLES_PER_TASK }, () => photos[next++ % photos.length]!)
    const work = { config, classes: CLASSES, weights, photos: chosen, epoch: 0, step, task }
    return computeGradient(work)
  }
  const updateOf = (gradients: Float32Array[]) => {
    const mean = new Float32Array(gradients[0]!.length)
    for (const gradient of gradients) for (const [i, value] of gradient.entries()) mean[i]! += value
    for (let i = 0; i < mean.length; i++) mean[i]! /= gradients.length * SAMPLES_PER_TASK
    const trainable = layout.quantised + layout.exact
    const values = new Float32Array(layout.total)
    for (let i = 0; i < trainable; i++) {
      momentum[i] = 0.9 * momentum[i]! + mean[i]! + 5e-4 * weights[i]!
      values[i] = (i < layout.quantised ? 0 : weights[i]!) - 0.1 * momentum[i]!
    }
    values.set(nextStatistics(weights.subarray(trainable), mean.subarray(trainable, layout.total)), trainable)
    return values
  }
  for (let step = 0; step < steps; step++) {
    const gradients: Float32Array[] = []
    for (let task = 0; task < TASKS_PER_STEP; task++) gradients.push(await gradientOf(step, task))
    const values = updateOf(gradients)
    for (let i = 0; i < layout.quantised; i++) weights[i]! += values[i]!
    weights.set(values.subarray(layout.quantised), layout.quantised)
  }
  const gradients: Float32Array[] = []
  for (let task = 0; task < tasks; task++) gradients.push(await gradientOf(steps, task))
  const unitExponent = unitExponentFor(SAMPLES_PER_TASK)
  const shape = contributionShape(layout)
  const contributionsOn = (wire: Wire) =>
    gradients.map((values, task) => {
      const random = new RandomStream(config.seed, 'roundGradient', steps, task)
      return must(encodeVector({ values, layout: shape, wire, unitExponent, random }))
    })
  const update = updateOf(gradients.slice(0, TASKS_PER_STEP))
  const deltaOn = (wire: Wire) => {
    const { bytes } = must(encodeDelta({ values: update, weights, shape: deltaShape(layout), wire }))
    return {
      values: layout.total,
      bytes: bytes.byteLength,
      plainBytes: encodedBytes(deltaShape(layout), wire),
    }
  }
  const onWires = <T>(make: (wire: Wire) => T) =>
    Object.fromEntries(WIRES.map((wire) => [wire, make(wire)])) as Record<Wire, T>
  return {
    shape,
    unitExponent,
    samplesPerTask: SAMPLES_PER_TASK,
    contributions: onWires(contributionsOn),
    deltas: onWires(deltaOn),
  }
}

export function must<T>(value: T | Rejection): T {
  if (isRejection(value)) throw new Error(value.message)
  return value
}
