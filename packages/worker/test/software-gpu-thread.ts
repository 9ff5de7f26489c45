/** A compute part in a thread of its own whose GPU is a software Vulkan, and has a fault if it is told to. */
import { parentPort, workerData } from 'node:worker_threads'
import * as tf from '@tensorflow/tfjs-core'
import { nodeAssets } from '@worldflora/model/node-assets'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { exposeCompute } from '../src/compute/compute-thread.ts'
import { offerDawn } from '../src/node/dawn.ts'

/** `lost`: at the first work that it is given. `wrong`: a transpose leaves the values where they are. */
export type GpuFault = 'none' | 'lost' | 'wrong'

const { given: fault } = workerData as { given: GpuFault }

async function offerFaultyGpu(): Promise<void> {
  await offerDawn('asked')
  if (fault === 'lost') loseAtFirstWork()
  if (fault === 'wrong') await transposeWrongly()
}

function loseAtFirstWork(): void {
  const { GPUQueue } = globalThis as unknown as {
    GPUQueue: { prototype: { submit(buffers: unknown[]): void } }
  }
  const { submit } = GPUQueue.prototype
  GPUQueue.prototype.submit = function (buffers) {
    submit.call(this, buffers)
    ;(tf.backend() as unknown as { device: { destroy(): void } }).device.destroy()
  }
}

async function transposeWrongly(): Promise<void> {
  await import('@tensorflow/tfjs-backend-webgpu')
  tf.unregisterKernel(tf.Transpose, 'webgpu')
  tf.registerKernel({
    kernelName: tf.Transpose,
    backendName: 'webgpu',
    kernelFunc: ({ inputs: { x }, attrs, backend }) => {
      const shape = (attrs as unknown as { perm: number[] }).perm.map((axis) => x!.shape[axis]!)
      return tf.getKernel(tf.Reshape, 'webgpu').kernelFunc({ inputs: { x: x! }, attrs: { shape }, backend })
    },
  })
}

exposeCompute(
  {
    assets: nodeAssets,
    offerGpu: offerFaultyGpu,
    softwareAdapter: 'allowed',
    trial: {
      cases:
        fault === 'lost'
          ? []
          : [{ architecture: { name: 'small-cnn', width: 0.25, imageSize: 16 }, classes: 3, photos: 4 }],
      pace: null,
    },
  },
  nodeEndpoint(parentPort!),
)
