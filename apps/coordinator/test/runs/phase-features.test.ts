import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { leaseDurationMs } from '../../src/core/pace.ts'
import { newWorker } from '../../src/core/worker-state.ts'
import { IMAGES_PER_PART, photosPerPart } from '../../src/runs/phase-features.ts'
import { config } from '../hand-made.ts'

const VIEWS = Array.from({ length: 64 }, (_, i) => i + 1)

describe('FE1: how features are cut', () => {
  it('FE1, WK7: of every number of views a run may have, a part fits into a worker’s first lease, at an image a second', () => {
    const worker = newWorker('ada' as Parameters<typeof newWorker>[0], true)
    for (const views of VIEWS) {
      const photos = photosPerPart({ imagesPerPart: IMAGES_PER_PART }, views)
      const images = photos * views
      expect(photos, `${views} views`).toBeGreaterThan(0)
      expect(images, `${views} views`).toBeLessThanOrEqual(IMAGES_PER_PART)
      expect(leaseDurationMs(worker, { material: 'photos', images, missingBytes: 0 })).toBeGreaterThanOrEqual(
        1000 * images,
      )
    }
    const phases = (views: number) => [{ train: 'head', epochs: 1, views }]
    const { epochs: _, ...run } = { ...config, augmentation: { flip: true } }
    expect(v.is(RunConfig, { ...run, phases: phases(64) })).toBe(true)
    expect(v.is(RunConfig, { ...run, phases: phases(65) })).toBe(false)
  })

  it('FE1: a run that was opened before views were counted keeps its 256 photos a part', () => {
    for (const views of VIEWS) expect(photosPerPart({ imagesPerPart: 16_384 }, views)).toBe(256)
  })
})
