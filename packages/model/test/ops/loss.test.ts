/** What is minimised, held against its formula. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { softmaxCrossEntropy, softTargets } from '../../src/ops/index.ts'
import { drawTensor } from './drawn-tensors.ts'
import { LOSSES } from './op-cases.ts'

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
})

type Changes = { adjustment?: number[] | undefined; robustness?: ArrayLike<number> | undefined }

/** In double precision. */
function lossByHand(logits: number[][], targets: number[][], { adjustment, robustness }: Changes): number[] {
  return logits.map((row, n) => {
    const exps = row.map((logit, c) => Math.exp(logit + (adjustment?.[c] ?? 0)))
    const sum = exps.reduce((a, b) => a + b)
    const q = robustness?.[n] ?? 0
    return exps.reduce((loss, exp, c) => {
      const p = exp / sum
      return loss + targets[n]![c]! * (q > 0 ? (1 - p ** q) / q : -Math.log(p))
    }, 0)
  })
}

it.each(LOSSES)(
  'LO1, LO2: the loss, %s, is its formula, and its gradient the slope in every logit',
  (_, of) => {
    tf.tidy(() => {
      const targets = softTargets(of.labels, 6, of.smoothing)
      const options = of.options?.() ?? {}
      const loss = (x: tf.Tensor) => softmaxCrossEntropy(x as tf.Tensor2D, targets, options)
      const logits = drawTensor<tf.Tensor2D>([4, 6], 1)
      const byHand = (values: number[][]) =>
        lossByHand(values, targets.arraySync(), {
          adjustment: options.adjustment?.arraySync(),
          robustness: options.robustness,
        })
      const values = logits.arraySync()
      const expected = byHand(values)
      for (const [n, value] of loss(logits).dataSync().entries()) expect(value).toBeCloseTo(expected[n]!, 5)
      const gradient = tf
        .grad(loss)(logits, tf.ones([4]))
        .arraySync() as number[][]
      const h = 2 ** -12
      for (const [n, row] of values.entries()) {
        for (const [c, value] of row.entries()) {
          const at = (by: number) => byHand(values.with(n, row.with(c, value + by)))[n]!
          expect(gradient[n]![c]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 5)
        }
      }
    })
  },
)
