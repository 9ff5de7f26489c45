import { beforeAll, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { GOLDEN_HASH } from '../src/golden-hash.ts'
import { computeGoldenHash } from '../src/golden-task.ts'
import { openDecoder } from '../src/photo/index.ts'

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

test('SD2: WASM in Node gives the golden hash of the deterministic class', async () => {
  const hash = await computeGoldenHash()
  expect(
    hash,
    `The bits of a gradient have changed. If that was meant (kernels, augmentation, initial weights), write ${hash} into golden-hash.ts.`,
  ).toBe(GOLDEN_HASH)
})
