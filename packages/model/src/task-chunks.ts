/**
 * The samples of a task chunk by chunk, whether a whole network or its head alone learns from them: drawn, mixed among themselves,
 * and what they come to into the sums. A pure function of the task's place in the run (SD1).
 */
import type * as tf from '@tensorflow/tfjs-core'
import { RandomStream } from '@worldflora/protocol/random'
import { type Augmentation, type RunConfig, samplesPerChunk } from '@worldflora/protocol/run-config'
import type { GradientSums } from './gradient-sums.ts'
import { drawMixes, type Mix } from './photo/mixing.ts'
import { adjustmentOf, type LabelledSample, type LossOfChunk } from './training-loss.ts'

export type TaskWork = {
  config: RunConfig
  classes: number
  /** The checkpoint, of the whole network, in the layout's order. */
  weights: Float32Array
  epoch: number
  step: number
  task: number
  /** Photos of each species that there are to train on; needed by a run with a `logitAdjustment`. */
  trainCounts?: Uint32Array | undefined
  /** Called after each chunk with the number of samples done so far; on a GPU when it has been given that chunk. */
  onProgress?: (samples: number) => void
}

export type ChunkSteps<Sample> = {
  /** Of the chunk that begins with the task's sample `start`. */
  draw(chunk: readonly Sample[], start: number): Float32Array | Promise<Float32Array>
  mixing: { augmentation: Augmentation; size: number }
  mix(drawn: Float32Array, mixes: readonly Mix[]): Float32Array
  /** What is still to be added to the sums: one vector, or none. */
  differentiate(inputs: Float32Array, said: LossOfChunk): tf.Tensor1D[]
}

/** If anything throws, the sums are dropped. */
export async function addChunks<Sample extends LabelledSample>(
  work: TaskWork,
  samples: readonly Sample[],
  sums: GradientSums,
  { draw, mixing, mix, differentiate }: ChunkSteps<Sample>,
): Promise<void> {
  const { config, classes, epoch, step, task, onProgress } = work
  try {
    const adjustment = adjustmentOf(work)
    for (let start = 0; start < samples.length; start += samplesPerChunk(config)) {
      const chunk = samples.slice(start, start + samplesPerChunk(config))
      const drawn = await draw(chunk, start)
      const random = new RandomStream(config.seed, 'mix', epoch, step, task, start)
      const mixes = drawMixes(mixing.augmentation, chunk.length, mixing.size, random)
      const inputs = mixes === null ? drawn : mix(drawn, mixes)
      const vectors = differentiate(inputs, { config, classes, samples: chunk, mixes, adjustment })
      for (const vector of vectors) sums.add(vector)
      onProgress?.(start + chunk.length)
    }
  } catch (error) {
    sums.drop()
    throw error
  }
}
