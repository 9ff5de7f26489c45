/**
 * The gradient of one task of a phase that trains the head alone (PH2): of features that were extracted before, a pure function
 * of the head's weights and of them. The network below the head is neither needed nor changed.
 */
import * as tf from '@tensorflow/tfjs-core'
import { gather, layoutOf, selectionOf, TALLY } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { type PhaseConfig, samplesPerChunk } from '@worldflora/protocol/run-config'
import { uploadWeights } from './architecture/tensors.ts'
import { dense } from './ops/index.ts'
import { headLayer, parameterSpecs, tensorName, trainedSpecs } from './parameters.ts'
import { blendRows, drawMixes, type Mix } from './photo/mixing.ts'
import { adjustmentOf, countedAs, type LabelledSample, trainingLoss } from './training-loss.ts'

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
  const sums = new Float32Array(layout.total + TALLY.length)
  const adjustment = adjustmentOf(work)
  try {
    for (let start = 0; start < samples.length; start += samplesPerChunk(config)) {
      const chunk = samples.slice(start, start + samplesPerChunk(config))
      const mixes = mixesOf(work, chunk.length, start)
      const drawn = joined(chunk)
      const values = mixes === null ? drawn : blendRows(drawn, mixes)
      const flat = tf.tidy(() => {
        const lossOf = trainingLoss({ config, classes, samples: chunk, mixes, adjustment })
        const inputs = tf.tensor2d(values, [chunk.length, head.inputs])
        let logits: tf.Tensor2D | undefined
        const losses = () => {
          logits = tf.keep(dense(inputs, matrix, bias))
          return lossOf(logits)
        }
        const { value, grads } = tf.valueAndGrads(losses)([...weights.values()], tf.ones([chunk.length]))
        const gradients = new Map([...weights.keys()].map((name, index) => [name, grads[index]!]))
        const inOrder = layout.entries.map(({ spec }) => gradients.get(spec.name)!)
        const answers = tf.cast(tf.argMax(logits!, 1), 'float32')
        logits!.dispose()
        return tf.concat([...inOrder, value, answers].map((tensor) => tf.reshape(tensor, [-1])))
      })
      const outcome = (await flat.data()) as Float32Array
      flat.dispose()
      for (let i = 0; i < layout.total; i++) sums[i] = sums[i]! + outcome[i]!
      let loss = 0
      for (const [index, species] of countedAs(chunk, mixes).entries()) {
        loss += outcome[layout.total + index]!
        if (outcome[layout.total + chunk.length + index] === species) sums[layout.total + TALLY.correct]!++
      }
      sums[layout.total + TALLY.loss]! += Math.fround(loss)
      onProgress?.(start + chunk.length)
    }
  } finally {
    tf.dispose([...weights.values()])
  }
  return sums
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
