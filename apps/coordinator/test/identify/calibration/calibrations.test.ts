/** From a published model to a calibrated one: real photos (drawn), the real thread, a real store. */

import { drawHerbarium } from '@worldflora/dataset/herbarium'
import { encodeManifest } from '@worldflora/dataset/manifest'
import { hashOf } from '@worldflora/protocol/hash'
import type { LogEvent } from '@worldflora/protocol/operator'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection } from '@worldflora/protocol/rejection'
import { expect, it } from 'vitest'
import { systemAdapters } from '../../../src/adapters.ts'
import { bringFlora, config, openRun } from '../../hand-made.ts'
import { idleCalibrator } from '../../idle-calibrator.ts'
import { type RunningSite, startSite } from '../../running-site.ts'

const PATIENCE = { timeout: 120_000, interval: 200 }

/** A few hundred photos of six species, and a run on them that nobody trains. */
async function publishDrawn(site: RunningSite): Promise<PublishedModel> {
  const drawn = await drawHerbarium({
    name: 'drawn',
    species: 6,
    storedSize: 32,
    mostObservations: 30,
    fewestObservations: 30,
    heldBackTenths: 2,
    writeShard: async (hash, bytes) => void (await site.call('PUT', `/blobs/${hash}`, bytes)),
  })
  if (isRejection(drawn)) throw new Error(drawn.message)
  const manifest = encodeManifest(drawn.manifest)
  const hash = hashOf(manifest)
  await site.call('PUT', `/blobs/${hash}`, manifest)
  await site.call('PUT', '/api/floras/drawn', { manifest: hash })
  const id = await openRun(site, { ...config, name: 'drawn', flora: 'drawn' })
  return site.json<PublishedModel>('POST', `/api/runs/${id}/publish`)
}

const modelOf = (site: RunningSite) => site.json<PublishedModel>('GET', '/api/model')

it('CA5: a coordinator that ends before its model is calibrated does it after the next start; what is there stays', {
  timeout: 300_000,
}, async () => {
  const site = await startSite({}, { ...systemAdapters(), startCalibrator: idleCalibrator })
  const published = await publishDrawn(site)
  expect(published.calibration).toBeNull()
  await site.stop()

  const again = await startSite({ data: site.data })
  await expect.poll(async () => (await modelOf(again)).calibration !== null, PATIENCE).toBe(true)
  const model = await modelOf(again)
  const { temperature, rollUp, plantCheck, organs, heads, measured } = model.calibration!
  expect(model).toEqual({ ...published, calibration: model.calibration })
  expect(temperature).toBeGreaterThan(0)
  expect(rollUp).not.toBeNull()
  expect(measured!.photos).toBeGreaterThan(30)
  expect(plantCheck!.plants).toBeGreaterThanOrEqual(50)
  expect(plantCheck!.plantsRefused).toBeLessThanOrEqual(0.02)
  expect(organs!.names).toEqual(['leaf', 'flower', 'fruit', 'habit'])
  expect(heads!.bytes).toBe(4 * (heads!.features + 1) * 5)
  await again.stop()

  // The sweep at the start leaves its heads, and the calibration is not made anew.
  const third = await startSite({ data: site.data }, { ...systemAdapters(), startCalibrator: idleCalibrator })
  expect((await modelOf(third)).calibration).toEqual(model.calibration)
  const blob = await third.call('GET', `/blobs/${heads!.blob}`)
  expect(hashOf(new Uint8Array(await blob.arrayBuffer()))).toBe(heads!.blob)
  await third.stop()
})

it('CA5: a flora whose photos cannot be read leaves the model as it is, and says so', {
  timeout: 120_000,
}, async () => {
  const site = await startSite()
  await bringFlora(site)
  const id = await openRun(site)
  await site.call('POST', `/api/runs/${id}/publish`)
  const events = () => site.json<LogEvent[]>('GET', '/api/events')
  await expect
    .poll(async () => (await events()).map(({ kind }) => kind), PATIENCE)
    .toContain('calibration-failed')
  expect((await modelOf(site)).calibration).toBeNull()
  await site.stop()
})
