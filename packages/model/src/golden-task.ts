/**
 * One small fixed gradient of each architecture, and what it sees in photos with running statistics. A backend, engine and build whose bits are GOLDEN_HASH are of the
 * deterministic class (SD2): they decode, augment, go forward and backward as all others of it do.
 */
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import type { Architecture, RunConfig } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { extractFeatures } from './features.ts'
import { goldenPhotos } from './golden-photos.ts'
import { computeGradient } from './gradient.ts'
import { initialWeights } from './parameters.ts'

const ARCHITECTURES: readonly Architecture[] = [
  { name: 'small-cnn', width: 1, imageSize: 32 },
  { name: 'mobilenet-v1', width: 0.25, imageSize: 32 },
  { name: 'mobilenet-v2', width: 0.35, imageSize: 32 },
  { name: 'mobilenet-v2', width: 0.35, imageSize: 32, norm: 'none' },
  { name: 'resnet-50', width: 0.125, imageSize: 32 },
]
const CLASSES = 7
const SEED = 1

/** Needs an open backend and decoder. */
export async function computeGoldenHash(): Promise<Hash> {
  const photos = goldenPhotos().map((jpeg, species) => ({ jpeg, species }))
  const answers: Uint8Array[] = []
  for (const architecture of ARCHITECTURES) {
    const weights = initialWeights(architecture, CLASSES, SEED)
    const place = { epoch: 0, step: 0, task: 0 }
    const config = goldenRun(architecture, photos.length)
    const work = { config, classes: CLASSES, weights, photos, ...place }
    answers.push(encodeWeights(await computeGradient(work)))
    const { augmentation } = config
    answers.push(await extractFeatures({ ...work, architecture, augmentation, seed: SEED, views: 2 }))
  }
  return hashOf(joined(answers))
}

/** Of any architecture, in one task. */
export function goldenRun(architecture: Architecture, samples: number): RunConfig {
  return {
    name: 'golden',
    flora: 'golden',
    seed: SEED,
    backend: 'deterministic',
    architecture,
    samplesPerTask: samples,
    tasksPerStep: 1,
    steps: 1,
    wire: 'float32',
    optimizer: {
      name: 'sgd',
      learningRate: 1,
      momentum: 0,
      nesterov: false,
      weightDecay: 0,
      schedule: 'constant',
      warmupEpochs: 0,
      stepEpochs: [],
      stepFactor: 1,
    },
    augmentation: { crop: true, flip: true, color: 0.2 },
    labelSmoothing: 0.1,
    evaluateEveryEpochs: 1,
    publishBest: false,
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
