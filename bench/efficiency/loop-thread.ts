/**
 * The bare loop that the platform is held against, in a thread like a compute part's: decode and augment a task's photos, forward
 * and backward with the same network and kernels, add the gradients up, and after a step's tasks SGD with momentum. All of it in this
 * one thread. Nothing is encoded, hashed, sent or kept; read back is one value a step, with which the device has done it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { openBackend } from '@worldflora/model/backend'
import { chunkGradient } from '@worldflora/model/chunk-gradient'
import { placeWeights } from '@worldflora/model/gradient'
import { describeNetwork } from '@worldflora/model/network'
import { nodeAssets } from '@worldflora/model/node-assets'
import { initialWeights } from '@worldflora/model/parameters'
import { openDecoder } from '@worldflora/model/photo'
import { trainingLoss } from '@worldflora/model/training-loss'
import { trainingPixels } from '@worldflora/model/training-pixels'
import { RunConfig, samplesPerChunk } from '@worldflora/protocol/run-config'
import { offerDawn } from '@worldflora/worker/dawn'
import * as v from 'valibot'
import { accept } from '../platform/accept.ts'

export type LoopOrder = { run: unknown; classes: number; backend: 'wasm' | 'webgpu'; photos: LoopPhoto[] }
export type LoopPhoto = { jpeg: Uint8Array; species: number }
export type LoopReport = { images: number; ms: number; decodeMs: number }

const order = (workerData as { given: LoopOrder }).given
const config = v.parse(RunConfig, order.run)
const { architecture, optimizer } = config
if (optimizer?.name !== 'sgd') throw new Error('the bare loop has SGD with momentum')
const { momentum, learningRate } = optimizer
if (order.backend === 'webgpu') await offerDawn('asked')
const { adapter } = accept(await openBackend(order.backend, nodeAssets))
await openDecoder(nodeAssets)

const network = describeNetwork(architecture, order.classes)
const placed = placeWeights(
  architecture,
  order.classes,
  initialWeights(architecture, order.classes, config.seed),
)
const weights = new Map(placed.tensors)
const velocity = new Map([...weights].map(([name, tensor]) => [name, tf.zerosLike(tensor)]))
let taken = 0

// What else comes is for the thread's end.
parentPort!.on('message', async (seconds: number | string) => {
  if (typeof seconds === 'number') parentPort!.postMessage(await loop(seconds))
})
parentPort!.postMessage(adapter ?? null)

/** Whole steps, until so much time has passed. */
async function loop(seconds: number): Promise<LoopReport> {
  const startedMs = performance.now()
  const report = { images: 0, ms: 0, decodeMs: 0 }
  for (let step = 0; report.ms < seconds * 1000; step++) {
    let sums = new Map<string, tf.Tensor>()
    for (let task = 0; task < config.tasksPerStep; task++) {
      for (let start = 0; start < config.samplesPerTask; start += samplesPerChunk(config)) {
        const chunk = nextPhotos(samplesPerChunk(config))
        const decodeMs = performance.now()
        const pixels = trainingPixels({ config, epoch: 0, step, task }, chunk, start)
        report.decodeMs += performance.now() - decodeMs
        sums = added(sums, pixels, chunk)
        report.images += chunk.length
      }
    }
    update(sums, config.samplesPerTask * config.tasksPerStep)
    await untilDone()
    report.ms = performance.now() - startedMs
  }
  return report
}

/** A value that follows from all that the step has come to. */
async function untilDone(): Promise<void> {
  const last = [...weights.values()].at(-1)!
  const value = tf.tidy(() => tf.sum(last))
  await value.data()
  value.dispose()
}

function nextPhotos(count: number): LoopPhoto[] {
  return Array.from({ length: count }, () => order.photos[taken++ % order.photos.length]!)
}

/** Consumes `sums`. */
function added(sums: Map<string, tf.Tensor>, pixels: Float32Array, chunk: LoopPhoto[]) {
  const next = new Map<string, tf.Tensor>()
  tf.tidy(() => {
    const classes = network.classes
    const loss = trainingLoss({ config, classes, samples: chunk, mixes: null, adjustment: null })
    const { gradients } = chunkGradient({ network, weights, loss }, pixels, chunk.length)
    for (const [name, gradient] of gradients) {
      const before = sums.get(name)
      next.set(name, tf.keep(before === undefined ? tf.clone(gradient) : tf.add(before, gradient)))
    }
  })
  tf.dispose([...sums.values()])
  return next
}

/** Consumes `sums`. */
function update(sums: Map<string, tf.Tensor>, samples: number): void {
  for (const [name, sum] of sums) {
    const weight = weights.get(name)!
    const before = velocity.get(name)!
    const after = tf.tidy(() => tf.add(tf.mul(before, momentum), tf.div(sum, samples)))
    weights.set(
      name,
      tf.tidy(() => tf.sub(weight, tf.mul(after, learningRate))),
    )
    velocity.set(name, after)
    tf.dispose([weight, before, sum])
  }
}
