/**
 * The gradient of one task: a pure function of weights, photos and the task's place in the run (SD1), on the deterministic
 * class of backends bit for bit (SD2). Chunk by chunk, because batch statistics are per chunk (BN1).
 */
import * as tf from '@tensorflow/tfjs-core'
import { layoutOf, type ParameterLayout } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { describeNetwork } from './architecture/network.ts'
import { type NamedTensors, uploadWeights } from './architecture/tensors.ts'
import { chunkGradient, type Differentiable } from './chunk-gradient.ts'
import { type GradientSums, sumsFor } from './gradient-sums.ts'
import { parameterSpecs } from './parameters.ts'
import { mixPixels } from './photo/mixing.ts'
import { trainingPixels } from './photo/training-pixels.ts'
import { addChunks, type TaskWork } from './task-chunks.ts'
import { countedAs, type LabelledSample, type LossOfChunk, trainingLoss } from './training-loss.ts'

export type TrainingPhoto = LabelledSample & { jpeg: Uint8Array }

/** Weights on the device, for as many tasks as one likes. Belongs to who placed it. */
export type PlacedWeights = { tensors: NamedTensors; dispose(): void }

export type GradientWork = TaskWork & {
  /** The weights, if they lie on the device already: then they stay there. */
  placed?: PlacedWeights
  /** In the plan's order. */
  photos: readonly TrainingPhoto[]
  /** The pixels of the chunk that begins with this photo of the task, if others make them (see `trainingPixels`). */
  pixelsFrom?: (start: number) => Promise<Float32Array>
}

/**
 * [quantised | exact | statistics | tally], each a sum over the photos: the gradient of the summed loss; each batch statistic
 * (mean, unbiased variance) times the photos of its chunk; the summed loss and the number of right answers. Needs an open backend and
 * decoder. Throws on a photo that cannot be decoded: import let only photos in that can.
 */
export async function computeGradient(work: GradientWork): Promise<Float32Array<ArrayBuffer>> {
  const { values } = await beginGradient(work)
  return values
}

/**
 * The same, resolving as soon as the device has all of the task: on a GPU the next task can be given to it while this one's
 * values are on their way. Elsewhere the values are there by then.
 */
export async function beginGradient(
  work: GradientWork,
): Promise<{ values: Promise<Float32Array<ArrayBuffer>> }> {
  const { config, classes, photos, pixelsFrom } = work
  const { architecture, augmentation } = config
  const network = describeNetwork(architecture, classes)
  const placed = work.placed ?? placeWeights(architecture, classes, work.weights)
  const layout = layoutOf(parameterSpecs(architecture, classes))
  const sums = sumsFor(layout)
  const place = { network, layout, weights: placed.tensors, sums }
  try {
    await addChunks(work, photos, sums, {
      draw: (chunk, start) => pixelsFrom?.(start) ?? trainingPixels(work, chunk, start),
      mixing: { augmentation, size: network.imageSize },
      mix: (pixels, mixes) => mixPixels(pixels, network.imageSize, mixes),
      differentiate: (pixels, said) => differentiate(place, pixels, said),
    })
    return { values: sums.result() }
  } finally {
    if (placed !== work.placed) placed.dispose()
  }
}

/** The trainable ones of a checkpoint's flat vector. */
export function placeWeights(
  architecture: Architecture,
  classes: number,
  values: Float32Array,
): PlacedWeights {
  const tensors = uploadWeights(layoutOf(parameterSpecs(architecture, classes)), values, 'trainable')
  return { tensors, dispose: () => tf.dispose([...tensors.values()]) }
}

/** What is still to be added to the sums, if anything. */
function differentiate(
  place: Omit<Differentiable, 'loss'> & { layout: ParameterLayout; sums: GradientSums },
  pixels: Float32Array,
  said: LossOfChunk,
): tf.Tensor1D[] {
  const { samples, mixes } = said
  return tf.tidy(() => {
    const loss = trainingLoss(said)
    const { gradients, statistics, losses, logits } = chunkGradient(
      { ...place, loss },
      pixels,
      samples.length,
    )
    const inOrder = place.layout.entries.map(
      ({ spec }) => gradients.get(spec.name) ?? statistics.get(spec.name)!.tensor,
    )
    const factorOf = (name: string) => statistics.get(name)!.factor
    return place.sums.gather({ inOrder, losses, logits, factorOf }, countedAs(samples, mixes))
  })
}
