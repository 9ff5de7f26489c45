/** One chunk forward and backward: the gradient of its summed loss, and what the forward pass met on the way. */
import * as tf from '@tensorflow/tfjs-core'
import type { Network } from './architecture/network.ts'
import type { NamedTensors } from './architecture/tensors.ts'
import { type TrainingPass, trainingPass } from './architecture/training-pass.ts'
import { softmaxCrossEntropy } from './ops/index.ts'

export type Differentiable = { network: Network; weights: NamedTensors; smoothing: number }

export type ChunkGradient = TrainingPass & {
  /** Of the weights, by their names. */
  gradients: ReadonlyMap<string, tf.Tensor>
  /** [chunk]: each photo's loss. */
  losses: tf.Tensor1D
}

/** `pixels` is [chunk, size, size, 3]. To be called within a tidy, whose tensors the outcome's are. */
export function chunkGradient(
  { network, weights, smoothing }: Differentiable,
  pixels: Float32Array,
  species: readonly number[],
): ChunkGradient {
  const size = network.imageSize
  const images = tf.tensor4d(pixels, [species.length, size, size, 3])
  const labels = tf.tensor1d([...species], 'int32')
  let pass: TrainingPass | undefined
  const lossesOf = () => {
    pass = trainingPass(network, weights, images)
    for (const tensor of keptOf(pass)) tf.keep(tensor)
    return softmaxCrossEntropy(pass.logits, labels, smoothing)
  }
  // The gradient of a sum: every photo's loss counts once.
  const { value, grads } = tf.valueAndGrads(lossesOf)([...weights.values()], tf.ones([species.length]))
  const kept = keptOf(pass!)
  const { logits, statistics } = pass!
  const own = new Map(kept.map((tensor) => [tensor, tf.clone(tensor)]))
  tf.dispose(kept)
  return {
    gradients: new Map([...weights.keys()].map((name, index) => [name, grads[index]!])),
    losses: value as tf.Tensor1D,
    logits: own.get(logits) as tf.Tensor2D,
    statistics: new Map(
      [...statistics].map(([name, { tensor, factor }]) => [
        name,
        { tensor: own.get(tensor) as tf.Tensor1D, factor },
      ]),
    ),
  }
}

/** They must outlive the scope of the loss. */
function keptOf({ logits, statistics }: TrainingPass): tf.Tensor[] {
  return [logits, ...[...statistics.values()].map(({ tensor }) => tensor)]
}
