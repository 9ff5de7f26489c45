/**
 * What a GPU must show before it trains: gradients of the zoo's networks, forward and backward, held against known answers, those of the
 * deterministic class. Drivers and backends have faults that change no message and no type, only numbers (such as
 * tensorflow/tfjs#8638). And how fast it is, on a network of middling size.
 */
import { layoutOf, type ParameterLayout, valuesOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { goldenRun } from './golden-task.ts'
import { computeGradient } from './gradient.ts'
import { initialWeights, parameterSpecs } from './parameters.ts'

export type TrialCase = { architecture: Architecture; classes: number; photos: number }

/** Small maps with enough photos to normalise over, and once the sizes of real work: 96 px, a thousand classes. */
export const TRIAL_CASES: readonly TrialCase[] = [
  { architecture: { name: 'small-cnn', width: 1, imageSize: 32 }, classes: 7, photos: 4 },
  { architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 96 }, classes: 1000, photos: 4 },
  { architecture: { name: 'mobilenet-v2', width: 0.35, imageSize: 32 }, classes: 1000, photos: 8 },
  { architecture: { name: 'resnet-50', width: 0.125, imageSize: 32 }, classes: 7, photos: 8 },
]

export const PACE_CASE: TrialCase = {
  architecture: { name: 'mobilenet-v1', width: 0.5, imageSize: 96 },
  classes: 100,
  photos: 16,
}

/**
 * Largest difference of a tensor from the known one that counts as rounding, as a part of its norm. A wrong product or transpose comes to
 * about 1; what sound GPUs come to was not measured on any yet.
 */
export const TRIAL_TOLERANCE = 0.05

/** Norms below this part of the whole gradient's are rounding errors themselves. */
const LEAST_PART = 1e-3

/** Of the backend that is open. */
export async function answersTo(cases: readonly TrialCase[]): Promise<Float32Array[]> {
  const answers: Float32Array[] = []
  for (const one of cases) answers.push(await computeGradient(workOf(one)))
  return answers
}

/** The worst tensor's; Infinity where a value is not finite. */
export function deviationFrom(
  known: readonly Float32Array[],
  answers: readonly Float32Array[],
  cases: readonly TrialCase[],
): number {
  return Math.max(
    ...cases.map(({ architecture, classes }, n) =>
      worstTensor(layoutOf(parameterSpecs(architecture, classes)), known[n]!, answers[n]!),
    ),
  )
}

function worstTensor(layout: ParameterLayout, known: Float32Array, answer: Float32Array): number {
  const whole = norm(known.subarray(0, layout.quantised))
  const deviations = layout.entries.map((entry) => {
    const [right, own] = [valuesOf(entry, known), valuesOf(entry, answer)]
    const distance = norm(own.map((value, i) => value - right[i]!))
    const size = Math.max(norm(right), LEAST_PART * whole)
    return Number.isFinite(distance) ? distance / size : Number.POSITIVE_INFINITY
  })
  const [loss, correct] = [layout.total, layout.total + 1].map((i) => Math.abs(answer[i]! - known[i]!))
  return Math.max(...deviations, loss! / Math.abs(known[layout.total]!), correct! > 1 ? correct! : 0)
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
