/**
 * What a GPU must show before it trains: gradients of the zoo's networks, and what they see with running statistics (features, logits),
 * held against known answers, those of the deterministic class. Drivers and backends have faults that change no message and no type, only numbers (such as
 * tensorflow/tfjs#8638). And how fast it is, on a network of middling size.
 */
import * as tf from '@tensorflow/tfjs-core'
import { layoutOf, type ParameterLayout, valuesOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { openInferenceNetwork } from './architecture/inference-network.ts'
import { goldenRun } from './golden-task.ts'
import { computeGradient } from './gradient.ts'
import { initialWeights, parameterSpecs } from './parameters.ts'

export type TrialCase = { architecture: Architecture; classes: number; photos: number }

/** Small maps with enough photos to normalise over, with and without normalisation, and the sizes of real work: 96 and 224 px, a thousand classes. */
export const TRIAL_CASES: readonly TrialCase[] = [
  { architecture: { name: 'small-cnn', width: 1, imageSize: 32 }, classes: 7, photos: 4 },
  { architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 96 }, classes: 1000, photos: 4 },
  { architecture: { name: 'mobilenet-v2', width: 0.35, imageSize: 32 }, classes: 1000, photos: 8 },
  { architecture: { name: 'mobilenet-v2', width: 0.35, imageSize: 32, norm: 'none' }, classes: 7, photos: 4 },
  { architecture: { name: 'resnet-50', width: 0.125, imageSize: 32 }, classes: 7, photos: 8 },
  { architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 224 }, classes: 7, photos: 2 },
]

export type TrialAnswer = { gradient: Float32Array; features: Float32Array; logits: Float32Array }

export const PACE_CASE: TrialCase = {
  architecture: { name: 'mobilenet-v1', width: 0.5, imageSize: 96 },
  classes: 100,
  photos: 16,
}

/**
 * Largest difference of a tensor from the known one that counts as rounding, as a part of its norm. A wrong product or transpose comes to
 * about 1. An H200 (Vulkan) comes to .024 at most, where a channel is normalised over 36 values, and to 2e-4 elsewhere.
 */
export const TRIAL_TOLERANCE = 0.1

/** Norms below this part of the whole gradient's are rounding errors themselves. */
const LEAST_PART = 1e-3

/** Of the backend that is open. */
export async function answersTo(cases: readonly TrialCase[]): Promise<TrialAnswer[]> {
  const answers: TrialAnswer[] = []
  for (const one of cases) {
    answers.push({ gradient: await computeGradient(workOf(one)), ...(await looksOf(one)) })
  }
  return answers
}

/** The worst tensor's; Infinity where a value is not finite. */
export function deviationFrom(
  known: readonly TrialAnswer[],
  answers: readonly TrialAnswer[],
  cases: readonly TrialCase[],
): number {
  return Math.max(
    ...cases.flatMap(({ architecture, classes }, n) => {
      const [right, own] = [known[n]!, answers[n]!]
      return [
        worstTensor(layoutOf(parameterSpecs(architecture, classes)), right.gradient, own.gradient),
        relative(right.features, own.features, 0),
        relative(right.logits, own.logits, 0),
      ]
    }),
  )
}

function worstTensor(layout: ParameterLayout, known: Float32Array, answer: Float32Array): number {
  const whole = norm(known.subarray(0, layout.quantised))
  const deviations = layout.entries.map((entry) => {
    return relative(valuesOf(entry, known), valuesOf(entry, answer), LEAST_PART * whole)
  })
  const [loss, correct] = [layout.total, layout.total + 1].map((i) => Math.abs(answer[i]! - known[i]!))
  return Math.max(...deviations, loss! / Math.abs(known[layout.total]!), correct! > 1 ? correct! : 0)
}

/** The distance as a part of what is known, or of `leastSize`. */
function relative(known: Float32Array, answer: Float32Array, leastSize: number): number {
  const distance = norm(answer.map((value, i) => value - known[i]!))
  return Number.isFinite(distance) ? distance / Math.max(norm(known), leastSize) : Number.POSITIVE_INFINITY
}

/** The better of two, after one that compiles what is to be compiled. */
export async function imagesPerSecond(one: TrialCase): Promise<number> {
  const work = workOf(one)
  await computeGradient(work)
  let bestMs = Number.POSITIVE_INFINITY
  for (let n = 0; n < 2; n++) {
    const startedMs = performance.now()
    await computeGradient(work)
    bestMs = Math.min(bestMs, performance.now() - startedMs)
  }
  return (1000 * one.photos) / bestMs
}

async function looksOf({ architecture, classes, photos }: TrialCase) {
  const { imageSize } = architecture
  const network = openInferenceNetwork(architecture, classes, initialWeights(architecture, classes, 1))
  const images = tf.tensor4d(drawnPixels(photos * imageSize * imageSize * 3), [
    photos,
    imageSize,
    imageSize,
    3,
  ])
  const { features, logits } = network.looks(images)
  try {
    const [seen, said] = await Promise.all([features.data(), logits.data()])
    return { features: seen as Float32Array, logits: said as Float32Array }
  } finally {
    tf.dispose([images, features, logits])
    network.dispose()
  }
}

function workOf({ architecture, classes, photos }: TrialCase) {
  const size = architecture.imageSize
  return {
    config: goldenRun(architecture, photos),
    classes,
    weights: initialWeights(architecture, classes, 1),
    photos: Array.from({ length: photos }, (_, n) => ({ jpeg: new Uint8Array(), species: n % classes })),
    epoch: 0,
    step: 0,
    task: 0,
    pixelsFrom: async () => drawnPixels(photos * size * size * 3),
  }
}

/** Between -1 and 1, by whole numbers alone: the same everywhere. */
function drawnPixels(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 8) / 2 ** 23 - 1)
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
}
