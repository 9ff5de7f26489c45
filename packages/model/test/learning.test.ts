import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { evaluatePhotos } from '../src/evaluation.ts'
import { measure } from '../src/metrics.ts'
import { openDecoder } from '../src/photo/index.ts'
import { learnByHeart } from './learnt.ts'
import { MOBILENET, MOBILENET_V2, RESNET, SMALL_CNN } from './test-run.ts'

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
    const wish = { rate, steps, classes: CLASSES, photos: PHOTOS }
    const { weights, photos, losses } = await learnByHeart(architecture, wish)
    expect(losses[0]).toBeGreaterThan(0.9)
    expect(losses.at(-1)).toBeLessThan(0.2)
    const { photos: rows } = await evaluatePhotos({ architecture, classes: CLASSES, weights, photos })
    expect(measure([rows], CLASSES).top1).toBeGreaterThan(0.9)
  },
)
