/** A network on a stand, in whichever host this runs: batches forward, and forward and backward. */
import * as tf from '@tensorflow/tfjs-core'
import { type BackendAssets, openBackend } from '@worldflora/model/backend'
import { chunkGradient } from '@worldflora/model/chunk-gradient'
import { placeWeights } from '@worldflora/model/gradient'
import { openInferenceNetwork } from '@worldflora/model/inference-network'
import { describeNetwork } from '@worldflora/model/network'
import { initialWeights } from '@worldflora/model/parameters'
import { trainingLoss } from '@worldflora/model/training-loss'
import type { BackendName } from '@worldflora/protocol/messages'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'

export type StandOrder = { architecture: Architecture; batch: number; classes: number; backend: BackendName }
export type Direction = 'forward' | 'training'

export type NetworkStand = {
  /** Images a second, over whole batches for at least so long. */
  measure(direction: Direction, seconds: number): Promise<number>
}

/** Has done each once when it is open. A software adapter will do for webgpu. */
export async function openStand(order: StandOrder, assets: BackendAssets): Promise<NetworkStand> {
  const opened = await openBackend(order.backend, assets, { softwareAdapter: 'allowed' })
  if (isRejection(opened)) throw new Error(opened.message)
  const { architecture, batch, classes } = order
  const checkpoint = initialWeights(architecture, classes, 1)
  const network = describeNetwork(architecture, classes)
  const inference = openInferenceNetwork(architecture, classes, checkpoint)
  const { tensors: weights } = placeWeights(architecture, classes, checkpoint)
  const size = architecture.imageSize
  const pixels = Float32Array.from({ length: batch * size * size * 3 }, (_, i) => ((i * 37) % 255) / 127 - 1)
  const images = tf.tensor4d(pixels, [batch, size, size, 3])
  const samples = Array.from({ length: batch }, (_, i) => ({ species: i % classes }))
  const config = { labelSmoothing: 0 }
  const once: Record<Direction, () => tf.Tensor> = {
    forward: () => inference.probabilities(images),
    training: () =>
      tf.tidy(() => {
        const loss = trainingLoss({ config, classes, samples, mixes: null, adjustment: null })
        return chunkGradient({ network, weights, loss }, pixels, batch).losses
      }),
  }
  const measure = async (direction: Direction, seconds: number): Promise<number> => {
    const startedMs = performance.now()
    let batches = 0
    let elapsedMs = 0
    while (elapsedMs < seconds * 1000) {
      const result = once[direction]()
      // Reading a few values waits for all that was asked of a device before.
      await result.data()
      result.dispose()
      batches++
      elapsedMs = performance.now() - startedMs
    }
    return (1000 * batches * batch) / elapsedMs
  }
  for (const direction of ['forward', 'training'] as const) await measure(direction, 0.001)
  return { measure }
}
