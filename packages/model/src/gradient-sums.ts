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
  /** One vector of what is needed of a chunk. To be called within a tidy. */
  gather(outcome: ChunkOutcome, species: readonly number[]): tf.Tensor1D
  /** Consumes the vector. */
  add(vector: tf.Tensor1D): Promise<void>
  /** Ends the sums. */
  result(): Promise<Float32Array<ArrayBuffer>>
  /** For when there will be no result. */
  drop(): void
}

export function sumsFor(layout: ParameterLayout): GradientSums {
  return tf.getBackend() === 'webgpu' ? deviceSums(layout) : hostSums(layout)
}

/** A task of several chunks is, bit for bit, the sum of tasks of one. */
function hostSums(layout: ParameterLayout): GradientSums {
  const sums = new Float32Array(layout.total + TALLY.length)
  let chunk: { species: readonly number[]; factorOf(name: string): number }
  return {
    gather({ inOrder, losses, logits, factorOf }, species) {
      chunk = { species, factorOf }
      const answers = tf.cast(tf.argMax(logits, 1), 'float32')
      return flattened([...inOrder, losses, answers])
    },
    async add(vector) {
      const { species, factorOf } = chunk
      const values = await readOnce(vector)
      for (const { spec, offset, length } of layout.entries) {
        const factor = spec.role === 'statistic' ? species.length * factorOf(spec.name) : 1
        for (let i = offset; i < offset + length; i++) sums[i]! += Math.fround(factor * values[i]!)
      }
      let loss = 0
      let correct = 0
      for (const [index, named] of species.entries()) {
        loss += values[layout.total + index]!
        if (values[layout.total + species.length + index] === named) correct++
      }
      sums[layout.total + TALLY.loss]! += Math.fround(loss)
      sums[layout.total + TALLY.correct]! += correct
    },
    result: async () => sums,
    drop: () => {},
  }
}

function deviceSums(layout: ParameterLayout): GradientSums {
  let sums: tf.Tensor1D | null = null
  return {
    gather({ inOrder, losses, logits, factorOf }, species) {
      const scaled = inOrder.map((tensor, index) => {
        const { spec } = layout.entries[index]!
        return spec.role === 'statistic' ? tf.mul(tensor, species.length * factorOf(spec.name)) : tensor
      })
      const isRight = tf.equal(tf.argMax(logits, 1), tf.tensor1d([...species], 'int32'))
      return flattened([...scaled, tf.sum(losses), tf.sum(tf.cast(isRight, 'float32'))])
    },
    async add(vector) {
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
