/**
 * A network on a stand, in whichever host this runs: batches forward, and forward and backward as a volunteer's compute part does a task.
 * As there, a batch is given to the device while the values of the one before are on their way: a GPU is never waited for in between.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type BackendAssets, openBackend } from '@worldflora/model/backend'
import { beginGradient, placeWeights } from '@worldflora/model/gradient'
import { openInferenceNetwork } from '@worldflora/model/inference-network'
import { initialWeights } from '@worldflora/model/parameters'
import type { BackendName } from '@worldflora/protocol/messages'
import { isRejection } from '@worldflora/protocol/rejection'
import { type Architecture, RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'

export type StandOrder = {
  architecture: Architecture
  batch: number
  classes: number
  backend: BackendName
  /** Whether webgpu may be computed by the processor. */
  software: 'refused' | 'allowed'
}
export type Direction = 'forward' | 'training'

export type NetworkStand = {
  /** Of a GPU. */
  adapter: string | null
  /** Images a second, over whole batches for at least so long. */
  measure(direction: Direction, seconds: number): Promise<number>
}

/** Whose values may be on their way when another is given to the device; as many as a worker has. */
const BATCHES_AHEAD = 1

/** Has done each once when it is open. */
export async function openStand(order: StandOrder, assets: BackendAssets): Promise<NetworkStand> {
  const { architecture, batch, classes, backend, software } = order
  const opened = await openBackend(backend, assets, { softwareAdapter: software })
  if (isRejection(opened)) {
    const isSoftware = opened.message.includes('software')
    throw new Error(
      `${opened.message} ${isSoftware ? '--software measures it all the same.' : opened.action}`,
    )
  }
  const weights = initialWeights(architecture, classes, 1)
  const size = architecture.imageSize
  const pixels = Float32Array.from({ length: batch * size * size * 3 }, (_, i) => ((i * 37) % 255) / 127 - 1)
  const inference = openInferenceNetwork(architecture, classes, weights)
  const images = tf.tensor4d(pixels, [batch, size, size, 3])
  const task = {
    config: taskConfig(architecture, batch),
    classes,
    weights,
    placed: placeWeights(architecture, classes, weights),
    photos: Array.from({ length: batch }, (_, i) => ({ species: i % classes, jpeg: new Uint8Array() })),
    epoch: 0,
    step: 0,
    task: 0,
    pixelsFrom: async () => pixels,
  }
  const begin: Record<Direction, () => Promise<{ values: Promise<unknown> }>> = {
    forward: async () => {
      const probabilities = inference.probabilities(images)
      return { values: probabilities.data().finally(() => probabilities.dispose()) }
    },
    training: () => beginGradient(task),
  }
  const measure = async (direction: Direction, seconds: number): Promise<number> => {
    const startedMs = performance.now()
    const underWay: Promise<unknown>[] = []
    let batches = 0
    while (performance.now() - startedMs < seconds * 1000) {
      underWay.push((await begin[direction]()).values)
      if (underWay.length > BATCHES_AHEAD) await underWay.shift()
      batches++
    }
    await Promise.all(underWay)
    return (1000 * batches * batch) / (performance.now() - startedMs)
  }
  for (const direction of ['forward', 'training'] as const) await measure(direction, 0.001)
  return { adapter: opened.adapter ?? null, measure }
}

/** One chunk, and nothing that is drawn. */
function taskConfig(architecture: Architecture, batch: number): RunConfig {
  const optimizer = { name: 'sgd', learningRate: 1 }
  const run = { name: 'training', flora: 'training', architecture, optimizer, steps: 1 }
  return v.parse(RunConfig, { ...run, samplesPerTask: batch, tasksPerStep: 1 })
}
