/**
 * The gradient of one task of a phase that trains the head alone (PH2): of features that were extracted before, a pure function
 * of the head's weights and of them. The network below the head is neither needed nor changed.
 */
import * as tf from '@tensorflow/tfjs-core'
import { gather, layoutOf, type ParameterLayout, selectionOf } from '@worldflora/protocol/parameter-layout'
import type { Dense } from './architecture/layer.ts'
import { uploadWeights } from './architecture/tensors.ts'
import { type GradientSums, sumsFor } from './gradient-sums.ts'
import { dense, denseGradient } from './ops/index.ts'
import { headLayer, parameterSpecs, tensorName, trainedSpecs } from './parameters.ts'
import { blendRows } from './photo/mixing.ts'
import { writeRows } from './rows.ts'
import { addChunks, type TaskWork } from './task-chunks.ts'
import {
  countedAs,
  type LabelledSample,
  type LossOfChunk,
  lossGradient,
  trainingLoss,
} from './training-loss.ts'

export type FeatureSample = LabelledSample & { features: Float32Array }

export type HeadGradientWork = TaskWork & {
  /** In the plan's order. */
  samples: readonly FeatureSample[]
}

/** [quantised | exact | tally] of the head, each a sum over the samples. */
export async function computeHeadGradient(work: HeadGradientWork): Promise<Float32Array<ArrayBuffer>> {
  const { config, classes, samples } = work
  const whole = layoutOf(parameterSpecs(config.architecture, classes))
  const layout = layoutOf(trainedSpecs(config.architecture, classes, 'head'))
  const weights = uploadWeights(layout, gather(selectionOf(whole, layout), work.weights), 'trainable')
  const head = headLayer(config.architecture, classes)
  const matrix = weights.get(tensorName.weights(head)) as tf.Tensor2D
  const bias = weights.get(tensorName.bias(head)) as tf.Tensor1D
  const place = { layout, sums: sumsFor(layout), head, matrix, bias }
  // Features are blended as photos are (Verma et al. 2019, manifold mixup); there are no pixels in them to cut out.
  const { cutmix: _, ...augmentation } = config.augmentation
  try {
    await addChunks(work, samples, place.sums, {
      draw: (chunk) => writeRows(chunk.length, head.inputs, (row, out) => out.set(chunk[row]!.features)),
      mixing: { augmentation, size: 1 },
      mix: blendRows,
      differentiate: (features, said) => differentiate(place, features, said),
    })
    return await place.sums.result()
  } finally {
    tf.dispose([...weights.values()])
  }
}

/** What is still to be added to the sums, if anything. `features` is [chunk, dims]. */
function differentiate(
  place: {
    layout: ParameterLayout
    sums: GradientSums
    head: Dense
    matrix: tf.Tensor2D
    bias: tf.Tensor1D
  },
  features: Float32Array,
  said: LossOfChunk,
): tf.Tensor1D[] {
  const { layout, sums, head, matrix, bias } = place
  return tf.tidy(() => {
    const x = tf.tensor2d(features, [said.samples.length, head.inputs])
    const logits = dense(x, matrix, bias)
    const { losses, dLogits } = lossGradient(trainingLoss(said), logits)
    const { dWeights, dBias } = denseGradient({ x, weights: matrix, dy: dLogits })
    const gradients = new Map<string, tf.Tensor>([
      [tensorName.weights(head), dWeights],
      [tensorName.bias(head), dBias],
    ])
    const inOrder = layout.entries.map(({ spec }) => gradients.get(spec.name)!)
    const outcome = { inOrder, losses, logits, factorOf: () => 1 }
    return sums.gather(outcome, countedAs(said.samples, said.mixes))
  })
}
