/** A volunteer's tab computes for days: what a task took it gives back. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { computeGradient, placeWeights } from '../src/gradient.ts'
import { initialWeights } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { drawTask, testRun } from './test-run.ts'

const TINY = { name: 'small-cnn', width: 0.25, imageSize: 16 } as const
const CLASSES = 3

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

test('a thousand tasks leave neither tensors nor WASM memory behind', async () => {
  const config = testRun({ architecture: TINY, samplesPerTask: 2 })
  const photos = await drawTask(2, CLASSES)
  const weights = initialWeights(TINY, CLASSES, 1)
  const placed = placeWeights(TINY, CLASSES, weights)
  const compute = (task: number) =>
    computeGradient({ config, classes: CLASSES, weights, placed, photos, epoch: 0, step: 0, task })
  const held = () => {
    const { numTensors, numBytes } = tf.memory()
    const { memory } = (tf.backend() as unknown as { wasm: { asm: { memory: WebAssembly.Memory } } }).wasm.asm
    return { numTensors, numBytes, memory: memory.buffer.byteLength }
  }
  for (let task = 0; task < 10; task++) await compute(task)
  const before = held()
  for (let task = 10; task < 1010; task++) await compute(task)
  expect(held()).toEqual(before)
  placed.dispose()
})
