/**
 * What a run minimises, of the logits of a chunk and what is said of its samples: cross entropy with targets that are smoothed and mixed,
 * logits that are adjusted to how common species are, and labels that are not trusted taken with care. For whole networks and
 * for heads alone.
 */
import * as tf from '@tensorflow/tfjs-core'
import { naturalLog } from '@worldflora/protocol/natural-log'
import type { PhaseConfig } from '@worldflora/protocol/run-config'
import { softmaxCrossEntropy, softTargets } from './ops/index.ts'
import type { Mix } from './photo/mixing.ts'

/** What is said of a sample. */
export type LabelledSample = {
  species: number
  /** Its label is known to be right: methods against wrong labels leave it alone. */
  trusted?: boolean | undefined
}

/** logits [samples, classes] to each sample's loss, differentiable in the logits. */
export type TrainingLoss = (logits: tf.Tensor2D) => tf.Tensor1D

export type LossOfChunk = {
  config: Pick<PhaseConfig, 'labelSmoothing' | 'noise'>
  classes: number
  samples: readonly LabelledSample[]
  /** null: none of them are mixtures. */
  mixes: readonly Mix[] | null
  /** As `logitAdjustment` gives it; null: none. */
  adjustment: Float32Array | null
}

/** Of one chunk. To be called, and used, within a tidy, whose tensor its targets are. */
export function trainingLoss({ config, classes, samples, mixes, adjustment }: LossOfChunk): TrainingLoss {
  const own = samples.map(({ species }) => species)
  const mixed = mixes && {
    other: mixes.map(({ partner }) => own[partner]!),
    shares: mixes.map(({ share }) => share),
  }
  const targets = softTargets({ own, mixed: mixed ?? undefined }, classes, config.labelSmoothing)
  const added = adjustment === null ? undefined : tf.tensor1d(adjustment)
  const { noise } = config
  const partners = mixes?.map(({ partner }) => samples[partner]!) ?? samples
  const isTrusted = (place: number) => samples[place]!.trusted === true && partners[place]!.trusted === true
  const robustness = noise && samples.map((_, place) => (isTrusted(place) ? 0 : noise.q))
  return (logits) => softmaxCrossEntropy(logits, targets, { adjustment: added, robustness })
}

/** Each sample's loss, and the gradient of their sum: every sample counts once. To be called within a tidy. */
export function lossGradient(
  loss: TrainingLoss,
  logits: tf.Tensor2D,
): { losses: tf.Tensor1D; dLogits: tf.Tensor2D } {
  const lossOf = (logits: tf.Tensor) => loss(logits as tf.Tensor2D)
  const { value, grad } = tf.valueAndGrad(lossOf)(logits, tf.ones([logits.shape[0]]))
  return { losses: value as tf.Tensor1D, dLogits: grad as tf.Tensor2D }
}

/**
 * Menon et al. 2021, "Long-tail learning via logit adjustment": tau times the logarithm of each species' part of the train
 * photos. A species without any counts as one with one.
 */
export function logitAdjustment(tau: number, trainCounts: Uint32Array): Float32Array {
  const photos = trainCounts.reduce((sum, count) => sum + Math.max(1, count), 0)
  const whole = naturalLog(photos)
  return Float32Array.from(trainCounts, (count) => tau * (naturalLog(Math.max(1, count)) - whole))
}

/** null: the run does not adjust its logits. */
export function adjustmentOf({
  config,
  trainCounts,
}: {
  config: Pick<PhaseConfig, 'logitAdjustment'>
  trainCounts?: Uint32Array | undefined
}): Float32Array | null {
  if (config.logitAdjustment === undefined) return null
  if (trainCounts === undefined)
    throw new Error('logits cannot be adjusted without the photos of each species')
  return logitAdjustment(config.logitAdjustment, trainCounts)
}

/** The species that a sample is counted as: the one that it has the larger part of. */
export function countedAs(samples: readonly LabelledSample[], mixes: readonly Mix[] | null): number[] {
  return samples.map(({ species }, place) => {
    const mix = mixes?.[place]
    return mix === undefined || mix.share >= 0.5 ? species : samples[mix.partner]!.species
  })
}
