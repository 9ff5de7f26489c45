import { layoutOf, TALLY } from '@worldflora/protocol/parameter-layout'
import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { evaluatePhotos } from '../src/evaluation.ts'
import { computeGradient } from '../src/gradient.ts'
import { measure } from '../src/metrics.ts'
import { initialWeights, parameterSpecs } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { drawTask, MOBILENET, MOBILENET_V2, RESNET, SMALL_CNN, testRun } from './test-run.ts'

const CLASSES = 4
const PHOTOS = 16

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

test.each([
  [SMALL_CNN, 0.1, 30],
  [MOBILENET, 0.05, 40],
  [MOBILENET_V2, 0.05, 40],
  [RESNET, 0.02, 12],
])(
  '$name learns 16 photos by heart with plain SGD, and then names them by its running statistics',
  async (architecture, rate, steps) => {
    const config = testRun({ architecture, samplesPerTask: PHOTOS })
    const photos = await drawTask(PHOTOS, CLASSES)
    const layout = layoutOf(parameterSpecs(architecture, CLASSES))
    const weights = initialWeights(architecture, CLASSES, 1)
    const trainable = layout.quantised + layout.exact
    const losses: number[] = []
    for (let step = 0; step < steps; step++) {
      const sum = await computeGradient({
        config,
        classes: CLASSES,
        weights,
        photos,
        epoch: step,
        step,
        task: 0,
      })
      for (let i = 0; i < layout.total; i++) {
        const mean = sum[i]! / PHOTOS
        if (i < trainable) weights[i]! -= rate * mean
        else weights[i]! += 0.3 * (mean - weights[i]!)
      }
      losses.push(sum[layout.total + TALLY.loss]! / PHOTOS)
    }
    expect(losses[0]).toBeGreaterThan(0.9)
    expect(losses.at(-1)).toBeLessThan(0.2)
    const { photos: rows } = await evaluatePhotos({ architecture, classes: CLASSES, weights, photos })
    expect(measure([rows], CLASSES).top1).toBeGreaterThan(0.9)
  },
)
