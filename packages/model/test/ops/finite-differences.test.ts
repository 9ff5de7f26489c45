/** Agreement between backends says nothing of a mistake that both share: here gradients meet their definition. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import {
  addActivated,
  batchNormTraining,
  biasedConv2d,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  maxPool,
  softmaxCrossEntropy,
  total,
} from '../../src/ops/index.ts'
import { drawTensor } from './drawn-tensors.ts'

const SHAPES = {
  stem: [3, 3, 3, 8],
  scale: [8],
  offset: [8],
  depthwise: [3, 3, 8, 1],
  biased: [3, 3, 8, 8],
  added: [8],
  pointwise: [1, 1, 8, 6],
  weights: [6, 4],
  bias: [4],
} as const
type Name = keyof typeof SHAPES
const names = Object.keys(SHAPES) as Name[]

const STRIDE_1 = { stride: 1, padding: 'same' } as const

/** The loss of a small network with one layer of each kind, on drawn photos. */
function lossOf(...parameters: tf.Tensor[]): tf.Scalar {
  const of = <T extends tf.Tensor>(name: Name): T => parameters[names.indexOf(name)] as T
  const photos = drawTensor<tf.Tensor4D>([6, 9, 9, 3], 77)
  const labels = tf.tensor1d([0, 1, 2, 3, 0, 1], 'int32')
  const stem = conv2d(photos, of('stem'), { stride: 2, padding: 1 })
  const options = { epsilon: 1e-3, activation: 'relu6' } as const
  const { y } = batchNormTraining(stem, of('scale'), of('offset'), options)
  const biased = biasedConv2d(y, of('biased'), of('added'), { ...STRIDE_1, activation: 'relu' })
  const pooled = maxPool(addActivated(biased, y, 'relu'), 3, 2, 1)
  const depthwise = depthwiseConv2d(pooled, of('depthwise'), STRIDE_1)
  const pointwise = conv2d(depthwise, of('pointwise'), STRIDE_1)
  const logits = dense(globalAveragePool(pointwise), of('weights'), of('bias'))
  return total(softmaxCrossEntropy(logits, labels, 0.1))
}

describe('gradients on wasm are the slopes of the loss', () => {
  beforeAll(async () => {
    await openBackend('wasm', nodeAssets)
  })

  it.each(names)('along a drawn direction in %s', (name) => {
    const { slope, expected } = tf.tidy(() => {
      const parameters = names.map((each, index) => drawTensor([...SHAPES[each]], index))
      const direction = drawTensor([...SHAPES[name]], 500)
      const index = names.indexOf(name)
      const lossAt = (distance: number): number =>
        lossOf(
          ...parameters.map((tensor, i) =>
            i === index ? tf.add(tensor, tf.mul(direction, distance)) : tensor,
          ),
        ).dataSync()[0]!
      const h = 2 ** -11
      const gradient = tf.grads(lossOf)(parameters)[index]!
      return {
        slope: (lossAt(h) - lossAt(-h)) / (2 * h),
        expected: tf.sum(tf.mul(gradient, direction)).dataSync()[0]!,
      }
    })
    // Of the kinks of relu6 and of the pool a few lie within h, and the loss has seven digits.
    expect(Math.abs(slope - expected)).toBeLessThan(0.01 * Math.abs(expected) + 0.01)
  })

  it('a hundred gradients leave no tensor and take no more memory than ten', () => {
    const memory = (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm
    const differentiate = (times: number): { tensors: number; bytes: number } => {
      for (let i = 0; i < times; i++) {
        tf.tidy(() => {
          const parameters = names.map((name, index) => drawTensor([...SHAPES[name]], index))
          tf.grads(lossOf)(parameters)[0]!.dataSync()
        })
      }
      return { tensors: tf.memory().numTensors, bytes: memory.HEAPU8.byteLength }
    }
    const before = tf.memory().numTensors
    const { bytes } = differentiate(10)
    expect(differentiate(100)).toEqual({ tensors: before, bytes })
  })
})
