/**
 * The promise of ARCHITECTURE.md's first line: what comes out is what one machine would have computed. A run goes through
 * the platform, a coordinator's process and three workers; then a plain tfjs loop takes each step again, from the
 * platform's own checkpoint and on the same photos, and must arrive at the same update.
 */
import { planRun } from '@worldflora/dataset/epoch-plan'
import type { Manifest } from '@worldflora/dataset/manifest'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import { nodeAssets } from '@worldflora/model/node-assets'
import { parameterSpecs } from '@worldflora/model/parameters'
import { decodeJpeg, openDecoder, placeAugmented, type Rgb } from '@worldflora/model/photo'
import { layoutOf, type ParameterLayout } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { bringHerbarium, openRun, untilMeasured } from './operator.ts'
import { loadPlainTraining } from './plain-module.ts'
import type { Chunk } from './plain-training.ts'
import { startCoordinator, temporaryFolder } from './processes.ts'
import { type Record, startRecordingWorker } from './recording-worker.ts'

const SPECIES = 5
const SGD = { momentum: 0.9, weightDecay: 5e-4 }
const WORKERS = 3
/** ||update - plain update|| / ||plain update||, of the whole vector. */
const TOLERANCE = 1e-5
/** The same of one tensor: in one of eight values, where large terms cancel out, single precision alone costs more than 1e-5. */
const TENSOR_TOLERANCE = 1e-4
/** Half the distance of two neighbouring single-precision numbers, as a part of them. */
const HALF_ULP = 2 ** -24

function runOf(fields: object): RunConfig {
  return v.parse(RunConfig, {
    name: 'single-machine',
    flora: 'small',
    seed: 11,
    samplesPerTask: 6,
    samplesPerChunk: 3,
    tasksPerStep: 3,
    wire: 'float32',
    optimizer: { name: 'sgd', learningRate: 0.05, ...SGD, schedule: 'cosine', warmupEpochs: 0.5 },
    augmentation: { crop: true, flip: true, color: 0.2 },
    labelSmoothing: 0.1,
    evaluateEveryEpochs: 1000,
    ...fields,
  })
}

/** Runs it through the platform; `weightsAt(n)` are those of its checkpoint after n steps. */
async function trainThere(run: RunConfig) {
  const site = await startCoordinator(temporaryFolder())
  const { manifest, shards } = await bringHerbarium(site, run.flora, { species: SPECIES })
  const record: Record = { weights: new Map(), checkpoints: new Map() }
  const id = await openRun(site, run)
  for (let n = 0; n < WORKERS; n++) startRecordingWorker(site.url, record)
  const { status } = await untilMeasured(site, id)
  const weightsAt = (step: number) =>
    record.weights.get(step === run.steps ? status.checkpoint : record.checkpoints.get(step)!)!
  return { weightsAt, steps: await openSteps(run, manifest, shards) }
}

type Step = { tasks: { epoch: number; photos: Photo[] }[]; samples: number; learningRate: number }
type Gradient = (weights: Float32Array, step: Step, n: number) => Promise<Float64Array>

/** Takes each step again from the platform's checkpoint before it, and compares it with the one after it. */
async function expectSameUpdates(run: RunConfig, gradientOf: Gradient): Promise<void> {
  const { weightsAt, steps } = await trainThere(run)
  const layout = layoutOf(parameterSpecs(run.architecture, SPECIES))
  const sgd = plainSgd(layout, SGD)
  for (const [n, step] of steps.entries()) {
    const before = weightsAt(n)
    const expected = difference(sgd(before, await gradientOf(before, step, n), step.learningRate), before)
    const update = difference(weightsAt(n + 1), before)
    expect(distance(update, expected), `step ${n}`).toBeLessThan(TOLERANCE * norm(expected))
    for (const { spec, offset, length } of layout.entries) {
      const part = (vector: Float64Array) => vector.subarray(offset, offset + length)
      const grain = HALF_ULP * norm(before.subarray(offset, offset + length))
      const most = Math.max(TENSOR_TOLERANCE * norm(part(expected)), grain)
      expect(distance(part(update), part(expected)), `step ${n}, ${spec.name}`).toBeLessThan(most)
    }
  }
}

it('EQ1, GB1, SD1, BN1: each of 50 steps by three workers is the step of a plain tfjs loop, within 1e-5', async () => {
  const run = runOf({ architecture: { name: 'small-cnn', width: 0.5, imageSize: 32 }, steps: 50 })
  const size = run.architecture.imageSize
  const network = {
    layout: layoutOf(parameterSpecs(run.architecture, SPECIES)),
    size,
    classes: SPECIES,
    labelSmoothing: run.labelSmoothing,
  }
  const { plainGradient } = await loadPlainTraining()
  await openDecoder(nodeAssets)
  await expectSameUpdates(run, (weights, { tasks }, step) => {
    const chunks = tasks.flatMap(({ epoch, photos }, task) =>
      chunksOf(photos, run.samplesPerChunk!).map((chunk, c): Chunk => {
        const pixels = new Float32Array(chunk.length * size * size * 3)
        for (const [i, { jpeg }] of chunk.entries()) {
          const place = c * run.samplesPerChunk! + i
          const random = new RandomStream(run.seed, 'augment', epoch, step, task, place)
          const out = pixels.subarray(i * size * size * 3, (i + 1) * size * size * 3)
          placeAugmented(decodeJpeg(jpeg) as Rgb, size, run.augmentation, random, out)
        }
        return { pixels, species: chunk.map(({ species }) => species) }
      }),
    )
    return plainGradient(network, weights, chunks)
  })
})

/** The run's steps with their photos, as its plan has them. */
async function openSteps(
  run: RunConfig,
  manifest: Manifest,
  shards: Map<string, Uint8Array>,
): Promise<Step[]> {
  const photos = manifest.shards.train.map(({ hash }) => readShard(shards.get(hash)!) as Photo[])
  const plan = planRun({ ...run, shardSizes: photos.map(({ length }) => length) })
  return Array.from({ length: plan.steps }, (_, step) => {
    const tasks = plan.tasksOf(step).map(({ epoch, entries }) => ({
      epoch,
      photos: entries.map(({ shard, sample }) => photos[shard]![sample]!),
    }))
    const samples = tasks.reduce((sum, task) => sum + task.photos.length, 0)
    return { tasks, samples, learningRate: rateAt(run, step, plan.stepsPerEpoch) }
  })
}

/** With momentum and weight decay, and running averages of the statistics: the weights after a step. */
function plainSgd(layout: ParameterLayout, { momentum, weightDecay }: typeof SGD) {
  const velocity = new Float64Array(layout.total)
  return (weights: Float32Array, gradient: Float64Array, learningRate: number): Float32Array => {
    const next = new Float32Array(layout.total)
    for (const { spec, offset, length } of layout.entries) {
      const decay = spec.shape.length > 1 ? weightDecay : 0
      for (let i = offset; i < offset + length; i++) {
        velocity[i] = momentum * velocity[i]! + gradient[i]! + decay * weights[i]!
        const isStatistic = spec.role === 'statistic'
        next[i] = isStatistic
          ? 0.9 * weights[i]! + 0.1 * gradient[i]!
          : weights[i]! - learningRate * velocity[i]!
      }
    }
    return next
  }
}

/** Linear warm-up, then a half cosine to zero. */
function rateAt({ optimizer: given, steps }: RunConfig, step: number, stepsPerEpoch: number): number {
  const optimizer = given!
  const warmup = Math.min(Math.round(optimizer.warmupEpochs * stepsPerEpoch), steps!)
  if (step < warmup) return (optimizer.learningRate * (step + 1)) / warmup
  return (optimizer.learningRate * (1 + Math.cos((Math.PI * (step - warmup)) / (steps! - warmup)))) / 2
}

function chunksOf<T>(list: readonly T[], length: number): T[][] {
  const count = Math.ceil(list.length / length)
  return Array.from({ length: count }, (_, n) => list.slice(n * length, (n + 1) * length))
}

function difference(a: Float32Array, b: Float32Array): Float64Array {
  return Float64Array.from(a, (value, i) => value - b[i]!)
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0))
}

function norm(values: Float64Array | Float32Array): number {
  let sum = 0
  for (const value of values) sum += value ** 2
  return Math.sqrt(sum)
}
