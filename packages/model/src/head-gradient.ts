/**
 * The gradient of one task of a phase that trains the head alone (PH2): of features that were extracted before, a pure function
 * of the head's weights and of them. The network below the head is neither needed nor changed.
 */
import * as tf from '@tensorflow/tfjs-core'
import { gather, layoutOf, type ParameterLayout, selectionOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { type PhaseConfig, samplesPerChunk } from '@worldflora/protocol/run-config'
import type { Dense } from './architecture/layer.ts'
import { uploadWeights } from './architecture/tensors.ts'
import { type GradientSums, sumsFor } from './gradient-sums.ts'
import { dense, denseGradient } from './ops/index.ts'
import { headLayer, parameterSpecs, tensorName, trainedSpecs } from './parameters.ts'
import { blendRows, drawMixes, type Mix } from './photo/mixing.ts'
import {
  adjustmentOf,
  countedAs,
  type LabelledSample,
  type LossOfChunk,
  trainingLoss,
} from './training-loss.ts'

export type FeatureSample = LabelledSample & { features: Float32Array }

export type HeadGradientWork = {
  config: PhaseConfig
  classes: number
  /** The checkpoint, of the whole network. */
  weights: Float32Array
  /** In the plan's order. */
  samples: readonly FeatureSample[]
  epoch: number
  step: number
  task: number
  /** Photos of each species that there are to train on; needed by a run with a `logitAdjustment`. */
  trainCounts?: Uint32Array | undefined
  onProgress?: (samples: number) => void
}

/** [quantised | exact | tally] of the head, each a sum over the samples. */
export async function computeHeadGradient(work: HeadGradientWork): Promise<Float32Array<ArrayBuffer>> {
  const { config, classes, samples, onProgress } = work
  const whole = layoutOf(parameterSpecs(config.architecture, classes))
  const layout = layoutOf(trainedSpecs(config.architecture, classes, 'head'))
  const weights = uploadWeights(layout, gather(selectionOf(whole, layout), work.weights), 'trainable')
  const head = headLayer(config.architecture, classes)
  const matrix = weights.get(tensorName.weights(head)) as tf.Tensor2D
  const bias = weights.get(tensorName.bias(head)) as tf.Tensor1D
  const place = { layout, sums: sumsFor(layout), head, matrix, bias }
  const adjustment = adjustmentOf(work)
  try {
    for (let start = 0; start < samples.length; start += samplesPerChunk(config)) {
      const chunk = samples.slice(start, start + samplesPerChunk(config))
      const mixes = mixesOf(work, chunk.length, start)
      const drawn = joined(chunk)
      const features = mixes === null ? drawn : blendRows(drawn, mixes)
      await place.sums.add(
        differentiate(place, features, { config, classes, samples: chunk, mixes, adjustment }),
      )
      onProgress?.(start + chunk.length)
    }
    return await place.sums.result()
  } catch (error) {
    place.sums.drop()
    throw error
  } finally {
    tf.dispose([...weights.values()])
  }
}

/** What the sums want of the chunk, as one vector. `features` is [chunk, dims]. */
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
): tf.Tensor1D {
  const { layout, sums, head, matrix, bias } = place
  return tf.tidy(() => {
    const x = tf.tensor2d(features, [said.samples.length, head.inputs])
    const logits = dense(x, matrix, bias)
    const loss = trainingLoss(said)
    const { value, grad } = tf.valueAndGrad((logits) => loss(logits as tf.Tensor2D))(
      logits,
      tf.ones([said.samples.length]),
    )
    const { dWeights, dBias } = denseGradient({ x, weights: matrix, dy: grad as tf.Tensor2D })
    const gradients = new Map<string, tf.Tensor>([
      [tensorName.weights(head), dWeights],
      [tensorName.bias(head), dBias],
    ])
    const inOrder = layout.entries.map(({ spec }) => gradients.get(spec.name)!)
    const outcome = { inOrder, losses: value as tf.Tensor1D, logits, factorOf: () => 1 }
    return sums.gather(outcome, countedAs(said.samples, said.mixes))
  })
}

/** Features are blended as photos are (Verma et al. 2019, manifold mixup); there are no pixels in them to cut out. */
function mixesOf(
  { config, epoch, step, task }: HeadGradientWork,
  samples: number,
  start: number,
): Mix[] | null {
  const { cutmix: _, ...augmentation } = config.augmentation
  return drawMixes(augmentation, samples, 1, new RandomStream(config.seed, 'mix', epoch, step, task, start))
}

function joined(samples: readonly FeatureSample[]): Float32Array {
  const dims = samples[0]!.features.length
  const values = new Float32Array(samples.length * dims)
  for (const [index, { features }] of samples.entries()) values.set(features, index * dims)
  return values
}
