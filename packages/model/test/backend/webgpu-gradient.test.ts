/**
 * How a GPU is used for gradients: read from once a task, the next task given to it meanwhile, nothing left behind. A software
 * Vulkan will do; without any adapter this is skipped.
 */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { beginGradient, computeGradient, type GradientWork, placeWeights } from '../../src/gradient.ts'
import { initialWeights } from '../../src/parameters.ts'
import { openDecoder } from '../../src/photo/index.ts'
import { offerGpu } from '../offered-gpu.ts'
import { drawTask, testRun } from '../test-run.ts'

const CLASSES = 3
const TINY = { name: 'small-cnn', width: 0.25, imageSize: 16 } as const
const present = await offerGpu()

let work: GradientWork

beforeAll(async () => {
  await openDecoder(nodeAssets)
  work = {
    config: testRun({ architecture: TINY, samplesPerTask: 4, samplesPerChunk: 2 }),
    classes: CLASSES,
    weights: initialWeights(TINY, CLASSES, 1),
    photos: await drawTask(3, CLASSES),
    epoch: 0,
    step: 0,
    task: 0,
  }
})

describe.skipIf(!present)('gradients on a GPU', () => {
  test('a task of several chunks, the last one short, is read from the device once, and agrees with plain JavaScript', async () => {
    await openBackend('cpu', nodeAssets)
    const expected = await computeGradient(work)
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const synchronisations = countSynchronisations()
    const values = await computeGradient(work)
    expect(synchronisations.stop()).toBe(1)
    const scale = Math.max(...expected.map(Math.abs))
    expect(values.length).toBe(expected.length)
    expect(Math.max(...values.map((value, i) => Math.abs(value - expected[i]!))) / scale).toBeLessThan(1e-4)
  })

  test('a task may begin while the one before it is on its way back', async () => {
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const [one, other] = [work, { ...work, photos: work.photos.slice(0, 2) }]
    const alone = [await computeGradient(one), await computeGradient(other)]
    const first = await beginGradient(one)
    const second = await beginGradient(other)
    expect([await first.values, await second.values]).toEqual(alone)
  })

  test('tasks leave nothing on the device: neither tensors nor buffers grow in number', async () => {
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const placed = placeWeights(TINY, CLASSES, work.weights)
    const photos = work.photos.slice(0, 2)
    const after: object[] = []
    for (let task = 0; task < 4; task++) {
      const begun = [
        await beginGradient({ ...work, placed, photos, task }),
        await beginGradient({ ...work, placed, photos, task: 100 + task }),
      ]
      await Promise.all(begun.map(({ values }) => values))
      after.push(held())
    }
    expect(after.at(-1)).toEqual(after[1])
    placed.dispose()
  })
})

/** How often anybody waits for the device. */
function countSynchronisations(): { stop(): number } {
  const { GPUBuffer, GPUQueue } = globalThis as unknown as Record<string, { prototype: object }>
  const watched: [object, string][] = [
    [GPUBuffer!.prototype, 'mapAsync'],
    [GPUQueue!.prototype, 'onSubmittedWorkDone'],
  ]
  let count = 0
  const restores = watched.map(([prototype, name]) => {
    const methods = prototype as Record<string, (...parameters: unknown[]) => unknown>
    const method = methods[name]!
    methods[name] = function (...parameters) {
      count++
      return method.apply(this, parameters)
    }
    return () => {
      methods[name] = method
    }
  })
  return {
    stop() {
      for (const restore of restores) restore()
      return count
    },
  }
}

function held(): object {
  const { numTensors, numBytes } = tf.memory()
  const { bufferManager } = tf.backend() as unknown as {
    bufferManager: { getNumUsedBuffers(): number; getNumFreeBuffers(): number; numBytesAllocated: number }
  }
  return {
    numTensors,
    numBytes,
    used: bufferManager.getNumUsedBuffers(),
    free: bufferManager.getNumFreeBuffers(),
    allocated: bufferManager.numBytesAllocated,
  }
}
