/**
 * The gradient of one task: a pure function of weights, photos and the task's place in the run (SD1), on the deterministic
 * class of backends bit for bit (SD2). Chunk by chunk, because batch statistics are per chunk (BN1).
 */
import * as tf from '@tensorflow/tfjs-core'
import { layoutOf, type ParameterLayout, TALLY } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { type RunConfig, samplesPerChunk } from '@worldflora/protocol/run-config'
import { describeNetwork, type Network } from './architecture/network.ts'
import { type NamedTensors, uploadWeights } from './architecture/tensors.ts'
import { type TrainingPass, trainingPass } from './architecture/training-pass.ts'
import { softmaxCrossEntropy } from './ops/index.ts'
import { parameterSpecs } from './parameters.ts'
import { placeAugmented } from './photo/augmentation.ts'
import { decodeJpeg } from './photo/jpeg.ts'

export type TrainingPhoto = { jpeg: Uint8Array; species: number }

export type GradientWork = {
  config: RunConfig
  classes: number
  /** The checkpoint, in the layout's order. */
  weights: Float32Array
  /** In the plan's order. */
  photos: readonly TrainingPhoto[]
  epoch: number
  step: number
  task: number
  /** Called after each chunk with the number of photos done so far. */
  onProgress?: (images: number) => void
}

/**
 * [quantised | exact | statistics | tally], each a sum over the photos: the gradient of the summed loss; each batch statistic
 * (mean, unbiased variance) times the photos of its chunk; the summed loss and the number of right answers. Needs an open backend and
 * decoder. Throws on a photo that cannot be decoded: import let only photos in that can.
 */
export async function computeGradient(work: GradientWork): Promise<Float32Array<ArrayBuffer>> {
  const network = describeNetwork(work.config.architecture, work.classes)
  const layout = layoutOf(parameterSpecs(work.config.architecture, work.classes))
  const weights = uploadWeights(layout, work.weights, 'trainable')
  const sums = new Float32Array(layout.total + TALLY.length)
  try {
    for (let start = 0; start < work.photos.length; start += samplesPerChunk(work.config)) {
      const chunk = work.photos.slice(start, start + samplesPerChunk(work.config))
      const pixels = trainingPixels(work, network.imageSize, chunk, start)
      const outcome = await differentiate(
        { network, layout, weights, smoothing: work.config.labelSmoothing },
        pixels,
        chunk,
      )
      addChunk(sums, outcome, chunk, layout)
      work.onProgress?.(start + chunk.length)
    }
  } finally {
    tf.dispose([...weights.values()])
  }
  return sums
}

/** Decoded and augmented, [chunk, size, size, 3]. `start` is the first photo's place in the task. */
function trainingPixels(
  { config, epoch, step, task }: GradientWork,
  size: number,
  chunk: readonly TrainingPhoto[],
  start: number,
): Float32Array {
  const length = size * size * 3
  const pixels = new Float32Array(chunk.length * length)
  for (const [index, photo] of chunk.entries()) {
    const decoded = decodeJpeg(photo.jpeg)
    if (isRejection(decoded)) throw new Error(`photo ${start + index} of the task: ${decoded.message}`)
    const random = new RandomStream(config.seed, 'augment', epoch, step, task, start + index)
    placeAugmented(
      decoded,
      size,
      config.augmentation,
      random,
      pixels.subarray(index * length, (index + 1) * length),
    )
  }
  return pixels
}

type Differentiable = { network: Network; layout: ParameterLayout; weights: NamedTensors; smoothing: number }
type ChunkOutcome = {
  /** Gradients and raw batch statistics in the layout's order, then each photo's loss, then each photo's best species. */
  values: Float32Array
  /** What each statistic is multiplied by to be unbiased. */
  factorOf: (name: string) => number
}

async function differentiate(
  { network, layout, weights, smoothing }: Differentiable,
  pixels: Float32Array,
  chunk: readonly TrainingPhoto[],
): Promise<ChunkOutcome> {
  let pass: TrainingPass | undefined
  const flat = tf.tidy(() => {
    const shape: [number, number, number, number] = [chunk.length, network.imageSize, network.imageSize, 3]
    const images = tf.tensor4d(pixels, shape)
    const labels = tf.tensor1d(
      chunk.map(({ species }) => species),
      'int32',
    )
    const losses = () => {
      pass = trainingPass(network, weights, images)
      for (const { tensor } of pass.statistics.values()) tf.keep(tensor)
      tf.keep(pass.logits)
      return softmaxCrossEntropy(pass.logits, labels, smoothing)
    }
    // The gradient of a sum: every photo's loss counts once.
    const { value, grads } = tf.valueAndGrads(losses)([...weights.values()], tf.ones([chunk.length]))
    const statistics = pass!.statistics
    const gradients = new Map([...weights.keys()].map((name, index) => [name, grads[index]!]))
    const inOrder = layout.entries.map(
      ({ spec }) => gradients.get(spec.name) ?? statistics.get(spec.name)!.tensor,
    )
    const answers = tf.cast(tf.argMax(pass!.logits, 1), 'float32')
    // One vector, so that a device is read from once a chunk.
    return tf.concat([...inOrder, value, answers].map((tensor) => tf.reshape(tensor, [-1])))
  })
  const { logits, statistics } = pass!
  tf.dispose([logits, ...[...statistics.values()].map(({ tensor }) => tensor)])
  try {
    const values = (await flat.data()) as Float32Array
    return { values, factorOf: (name) => statistics.get(name)!.factor }
  } finally {
    flat.dispose()
  }
}

/** Adds what the chunk alone would give: a task of several chunks is, bit for bit, the sum of tasks of one. */
function addChunk(
  sums: Float32Array,
  { values, factorOf }: ChunkOutcome,
  chunk: readonly TrainingPhoto[],
  layout: ParameterLayout,
): void {
  for (const { spec, offset, length } of layout.entries) {
    const factor = spec.role === 'statistic' ? chunk.length * factorOf(spec.name) : 1
    for (let i = offset; i < offset + length; i++) sums[i]! += Math.fround(factor * values[i]!)
  }
  let loss = 0
  let correct = 0
  for (const [index, { species }] of chunk.entries()) {
    loss += values[layout.total + index]!
    if (values[layout.total + chunk.length + index] === species) correct++
  }
  sums[layout.total + TALLY.loss]! += Math.fround(loss)
  sums[layout.total + TALLY.correct]! += correct
}
