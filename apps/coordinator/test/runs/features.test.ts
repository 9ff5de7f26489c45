import { packFeatureShard, readFeatureShard } from '@worldflora/dataset/feature-shard'
import { featureCount } from '@worldflora/model/parameters'
import { FeaturesManifest } from '@worldflora/protocol/features-manifest'
import { encodeFloat16 } from '@worldflora/protocol/float16'
import { hashOf } from '@worldflora/protocol/hash'
import type { RunId } from '@worldflora/protocol/ids'
import type { FeaturesOf } from '@worldflora/protocol/ordered-features'
import type { RunDetail } from '@worldflora/protocol/runs'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

const featuresOf = (site: RunningSite, id: RunId) =>
  site.json<FeaturesOf[]>('GET', `/api/runs/${id}/features`)
const areThrough = (site: RunningSite, id: RunId) => async () =>
  (await featuresOf(site, id)).every(({ result }) => result !== null)
/** Nothing announces that features are through: they are looked for. */
const PATIENCE = { timeout: 60_000 }
const blob = async (site: RunningSite, hash: string) =>
  new Uint8Array(await (await fetch(`${site.url}/blobs/${hash}`)).arrayBuffer())

async function trained(site: RunningSite): Promise<RunId> {
  const id = await openRun(site, config)
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(async () => (await site.json<RunDetail>('GET', `/api/runs/${id}`)).status.measured)
  worker.socket.disconnect()
  return id
}

describe('features of a split', () => {
  it('FE1: of a finished run, ordered twice, over a restart: a manifest that names every photo’s', async () => {
    const site = await startSite()
    const { manifest: flora } = await bringFlora(site)
    const id = await trained(site)
    const order = (at: RunningSite) =>
      at.json<FeaturesOf[]>('POST', `/api/runs/${id}/features`, { split: 'train' })
    expect(await order(site)).toMatchObject([{ step: 4, split: 'train', result: null }])
    await site.stop()

    const again = await startSite({ data: site.data })
    expect(await order(again)).toMatchObject([{ step: 4, split: 'train', result: null }])
    const worker = await HandWorker.join(again.url)
    const lease = await worker.lease()
    expect(lease.tasks).toMatchObject([{ kind: 'extract-features', step: 4, split: 'train' }])
    // IN1: neither too few values, nor what is not finite.
    expect((await worker.put(lease, new Uint8Array(10))).status).toBe(400)
    const back = await worker.lease()
    const dims = featureCount(config.architecture)
    const labels = Array.from({ length: 24 }, (_, sample) => ({ species: sample % 3 }))
    const values = encodeFloat16(new Float32Array(24 * dims).fill(1e9))
    const infinite = packFeatureShard({ labels, views: 1, dims, values })
    expect((await worker.put(back, infinite)).status).toBe(400)
    expect(await worker.push(await worker.lease())).toEqual({ kind: 'accepted', images: 24 })
    await expect.poll(areThrough(again, id), PATIENCE).toBe(true)

    const [{ result }] = (await featuresOf(again, id)) as [FeaturesOf]
    expect(result).toMatchObject({ photos: 24 })
    const bytes = await blob(again, result!.manifest.blob)
    expect(bytes.byteLength).toBe(result!.manifest.bytes)
    const parsed = v.parse(FeaturesManifest, JSON.parse(new TextDecoder().decode(bytes)))
    expect(parsed).toMatchObject({ split: 'train', dims: result!.dims, run: { id, step: 4 } })
    const [shard] = flora.shards.train
    const samples = Array.from({ length: 24 }, (_, sample) => sample)
    expect(parsed.parts.flatMap(({ entries }) => entries)).toEqual([
      { shard: shard!.hash, bytes: shard!.bytes, samples },
    ])
    for (const part of parsed.parts) {
      const own = await blob(again, part.blob)
      expect([hashOf(own), own.byteLength]).toEqual([part.blob, part.bytes])
      expect(readFeatureShard(own)).toMatchObject({ views: 1, dims: parsed.dims, labels })
    }

    // What is durable is kept, and not computed again.
    await again.stop()
    const third = await startSite({ data: site.data })
    expect(await featuresOf(third, id)).toMatchObject([{ result }])
    expect(await blob(third, parsed.parts[0]!.blob)).toHaveLength(parsed.parts[0]!.bytes)
    const idle = await HandWorker.join(third.url)
    expect(await idle.requestWork()).toMatchObject({ kind: 'idle' })
  })

  it('FE1: of a kept checkpoint, beside the training; one that is not kept is refused with those that are', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await trained(site)
    const order = (body: object) => site.call('POST', `/api/runs/${id}/features`, body)
    expect((await order({ split: 'val', step: 0 })).status).toBe(202)
    const refused = await order({ split: 'val', step: 1 })
    expect(refused.status).toBe(409)
    expect(await refused.json()).toMatchObject({
      code: 'no-checkpoint',
      action: expect.stringContaining('0'),
    })
    expect((await order({ split: 'all' })).status).toBe(400)
    const worker = await HandWorker.join(site.url)
    expect(await worker.push(await worker.lease())).toEqual({ kind: 'accepted', images: 6 })
    await expect.poll(areThrough(site, id), PATIENCE).toBe(true)
    expect(await featuresOf(site, id)).toMatchObject([{ step: 0, split: 'val', result: { photos: 6 } }])
  })
})
