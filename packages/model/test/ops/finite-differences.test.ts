/** Agreement between backends says nothing of a mistake that both share: here gradients meet their definition. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { drawTensor } from './drawn-tensors.ts'
import { OP_CASES } from './op-cases.ts'

/** A step small beside the drawn values, so that few kinks (of relu, of pools) lie within it. */
const H = 2 ** -14

describe('gradients on wasm are slopes', () => {
  beforeAll(async () => {
    await openBackend('wasm', nodeAssets)
  })

  it.each(Object.keys(OP_CASES))('%s: along a drawn direction in each of its tensors', (name) => {
    const { shapes, value, gradients } = OP_CASES[name]!
    for (const index of shapes.keys()) {
      const { slope, expected, scale } = tf.tidy(() => {
        const inputs = shapes.map((shape, i) => drawTensor(shape, i + 1))
        const direction = drawTensor(shapes[index]!, 500)
        const y = value(...inputs)
        const dy = drawTensor(y.shape, 99)
        // Differences first, and then the sum: their seven digits are their own.
        const moved = (by: number) =>
          value(...inputs.map((x, i) => (i === index ? tf.add(x, tf.mul(direction, by)) : x)))
        const difference = tf.sub(moved(H), moved(-H))
        const gradient = gradients(inputs, y, dy)[index]!
        return {
          slope: tf.sum(tf.mul(difference, dy)).dataSync()[0]! / (2 * H),
          expected: tf.sum(tf.mul(gradient, direction)).dataSync()[0]!,
          scale: tf.norm(gradient).dataSync()[0]! + tf.norm(dy).dataSync()[0]!,
        }
      })
      expect(Math.abs(slope - expected), `tensor ${index}`).toBeLessThan(0.02 * scale)
    }
  })
})
