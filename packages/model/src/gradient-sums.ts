/**
 * Where the chunks of a task are added up: [quantised | exact | statistics | tally], each a sum over the photos. On the host the sums
 * have the bits that the deterministic class promises (SD2); on a GPU they stay on the device, which is read from once a task.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type ParameterLayout, TALLY } from '@worldflora/protocol/parameter-layout'

/** What a chunk came to: tensors on the device, and what the host knows. */
export type ChunkOutcome = {
  /** Gradients and raw batch statistics, in the layout's order. */
  inOrder: readonly tf.Tensor[]
  /** [chunk]: each photo's loss. */
  losses: tf.Tensor1D
  /** [chunk, classes] */
  logits: tf.Tensor2D
  /** What each statistic is multiplied by to be unbiased. */
  factorOf(name: string): number
}

export type GradientSums = {
  /** What is still to be added of a chunk: one vector, or none. To be called within a tidy. */
  gather(outcome: ChunkOutcome, species: readonly number[]): tf.Tensor1D[]
  /** Consumes the vector. */
  add(vector: tf.Tensor1D): void
  /** Ends the sums. */
  result(): Promise<Float32Array<ArrayBuffer>>
  /** For when there will be no result. */
  drop(): void
}

export function sumsFor(layout: ParameterLayout): GradientSums {
  return tf.getBackend() === 'webgpu' ? deviceSums(layout) : hostSums(layout)
}

/**
 * A task of several chunks is, bit for bit, the sum of tasks of one. Backends that compute on the processor have their values at hand:
 * each tensor is added from where it lies.
 */
function hostSums(layout: ParameterLayout): GradientSums {
  const sums = new Float32Array(layout.total + TALLY.length)
  return {
    gather({ inOrder, losses, logits, factorOf }, species) {
      for (const [index, { spec, offset, length }] of layout.entries.entries()) {
        const factor = spec.role === 'statistic' ? species.length * factorOf(spec.name) : 1
        addTimes(sums.subarray(offset, offset + length), valuesOf(inOrder[index]!), factor)
      }
      const answers = tf.argMax(logits, 1)
      let loss = 0
      for (const value of valuesOf(losses)) loss += value
      let correct = 0
      for (const [index, answer] of valuesOf(answers).entries()) if (answer === species[index]) correct++
      sums[layout.total + TALLY.loss]! += Math.fround(loss)
      sums[layout.total + TALLY.correct]! += correct
      return []
    },
    add: () => {},
    result: async () => sums,
    drop: () => {},
  }
}

/** Where they lie, on a backend that computes on the processor. Good until something else is computed. */
function valuesOf(tensor: tf.Tensor): Float32Array | Int32Array {
  const backend = tf.backend() as { typedArrayFromHeap?(tensor: tf.TensorInfo): Float32Array | Int32Array }
  return backend.typedArrayFromHeap?.(tensor) ?? (tensor.dataSync() as Float32Array | Int32Array)
}

function addTimes(sums: Float32Array, values: ArrayLike<number>, factor: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += Math.fround(factor * values[i]!)
}

function deviceSums(layout: ParameterLayout): GradientSums {
  let sums: tf.Tensor1D | null = null
  return {
    gather({ inOrder, losses, logits, factorOf }, species) {
      const isRight = tf.equal(tf.argMax(logits, 1), tf.tensor1d([...species], 'int32'))
      const tally = [tf.sum(losses), tf.sum(tf.cast(isRight, 'float32'))]
      const ofStatistics = layout.entries.filter(({ spec }) => spec.role === 'statistic')
      const gradients = inOrder.slice(0, inOrder.length - ofStatistics.length)
      if (ofStatistics.length === 0) return [flattened([...gradients, ...tally])]
      // All factors at once: each that is sent alone makes the device wait.
      const factors = new Float32Array(layout.total - ofStatistics[0]!.offset)
      for (const { spec, offset, length } of ofStatistics) {
        const start = offset - ofStatistics[0]!.offset
        factors.fill(species.length * factorOf(spec.name), start, start + length)
      }
      const statistics = tf.mul(flattened(inOrder.slice(gradients.length)), tf.tensor1d(factors))
      return [flattened([...gradients, statistics, ...tally])]
    },
    add(vector) {
      const before = sums
      sums = before === null ? vector : tf.add(before, vector)
      if (before !== null) tf.dispose([before, vector])
    },
    result: () => readOnce(sums!),
    drop: () => sums?.dispose(),
  }
}

function flattened(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))) as tf.Tensor1D
}

/** Consumes the vector. */
async function readOnce(vector: tf.Tensor1D): Promise<Float32Array<ArrayBuffer>> {
  try {
    return (await vector.data()) as Float32Array<ArrayBuffer>
  } finally {
    vector.dispose()
  }
}
