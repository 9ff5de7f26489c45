import { encodeCompact } from '@worldflora/protocol/compact-weights'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { isRejection } from '@worldflora/protocol/rejection'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { softmax } from '../src/calibration/softmax.ts'
import { openLookingNetwork } from '../src/looking.ts'
import { parameterSpecs } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { partsOf, readPublished } from '../src/published-weights.ts'
import { bestOf } from '../src/ranking.ts'
import { drawPhoto } from './drawn-photos.ts'
import { learnByHeart } from './learnt.ts'
import { MOBILENET_V2, SMALL_CNN } from './test-run.ts'

const CLASSES = 4
const NEW_PHOTOS = 200

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

test.each([
  [SMALL_CNN, 0.1, 30],
  [MOBILENET_V2, 0.05, 40],
])(
  'QW1: $name, trained, names nearly all new photos by its compact form as it did, with scores close by',
  async (architecture, rate, steps) => {
    const { weights } = await learnByHeart(architecture, { rate, steps, classes: CLASSES, photos: 16 })
    const layout = layoutOf(parameterSpecs(architecture, CLASSES))
    const forms = [
      { form: 'canonical', bytes: encodeWeights(weights) },
      { form: 'compact', bytes: encodeCompact(weights, layout) },
    ] as const
    const photos = await Promise.all(
      Array.from({ length: NEW_PHOTOS }, async (_, i) => ({
        jpeg: await drawPhoto({ species: i % CLASSES, seed: 1000 + i }),
      })),
    )
    const [full, compact] = forms.map((published) => {
      const read = readPublished(published, architecture, CLASSES)
      if (isRejection(read)) throw new Error(read.message)
      const network = openLookingNetwork({ architecture, classes: CLASSES, weights: read })
      const { values } = network.look(photos, { logits: true }).logits
      network.dispose()
      return photos.map((_, i) => softmax(values.subarray(i * CLASSES, (i + 1) * CLASSES)))
    }) as [Float32Array[], Float32Array[]]
    const agreed = full.filter((scores, i) => bestOf(scores, 1)[0]![0] === bestOf(compact[i]!, 1)[0]![0])
    expect(agreed.length / NEW_PHOTOS).toBeGreaterThanOrEqual(0.99)
    const moved = full.flatMap((scores, i) =>
      [...scores].map((score, k) => Math.abs(score - compact[i]![k]!)),
    )
    expect(moved.reduce((sum, one) => sum + one, 0) / moved.length).toBeLessThan(0.005)
  },
)

test('QW3: a model without shards, or with some of a format that is not known here, is read from its weights', () => {
  const weights = { blob: 'a'.repeat(64), bytes: 12 } as never
  const shards = [1, 2].map((bytes) => ({ blob: 'b'.repeat(64), bytes })) as never
  const whole = { form: 'canonical', parts: [weights], bytes: 12 }
  expect(partsOf({ weights, compact: null })).toEqual(whole)
  expect(partsOf({ weights, compact: { format: 'WFQ9', shards } })).toEqual(whole)
  expect(partsOf({ weights, compact: { format: 'WFQ1', shards } })).toEqual({
    form: 'compact',
    parts: shards,
    bytes: 3,
  })
})
