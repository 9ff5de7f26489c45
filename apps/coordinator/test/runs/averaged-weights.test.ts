/** A run with an average of its weights: trained as without, measured and published by the average. */
import { averageDecay } from '@worldflora/model/optimizer'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection } from '@worldflora/protocol/rejection'
import type { RunDetail } from '@worldflora/protocol/runs'
import { expect, it } from 'vitest'
import { runLayout } from '../../src/runs/run-layout.ts'
import { weightsAt } from '../../src/runs/weights-at.ts'
import type { BlobStore } from '../../src/store/blob-store.ts'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

const EMA = 0.5
const averaged = { ...config, name: 'averaged', optimizer: { ...config.optimizer, ema: EMA } }
const layout = runLayout(config, 3, 0)

const detailOf = (site: RunningSite, id: RunId) => site.json<RunDetail>('GET', `/api/runs/${id}`)
const isMeasured = (site: RunningSite, id: RunId) => async () => (await detailOf(site, id)).status.measured

async function blobOf(site: RunningSite, hash: Hash): Promise<Uint8Array<ArrayBuffer> | null> {
  const answer = await fetch(`${site.url}/blobs/${hash}`)
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null
}

async function weightsOf(site: RunningSite, way: CheckpointRef): Promise<Float32Array> {
  const blobs = { get: (hash: Hash) => blobOf(site, hash) } as BlobStore
  const weights = await weightsAt(blobs, way, layout)
  if (isRejection(weights)) throw new Error(weights.message)
  return new Float32Array(weights.buffer)
}

/** By step, of leases of gradients; and what the evaluations were of. */
type Seen = { weights: Map<number, Float32Array>; evaluated: Map<number, CheckpointRef> }

async function train(site: RunningSite, id: RunId, seen: Seen): Promise<void> {
  const worker = await HandWorker.join(site.url)
  const look = async () => {
    const { status } = await detailOf(site, id)
    return status.measured
  }
  while (!(await look())) {
    const lease = await worker.lease()
    const { checkpoint, tasks } = lease
    if (tasks[0].kind === 'evaluate') {
      seen.evaluated.set(checkpoint.step, checkpoint)
      await weightsOf(site, checkpoint)
    } else if (!seen.weights.has(checkpoint.step)) {
      seen.weights.set(checkpoint.step, await weightsOf(site, checkpoint))
    }
    await worker.push(lease)
  }
}

it('OP7: evaluations and the published model are of the average; training does not know of it', async () => {
  const site = await startSite()
  await bringFlora(site)
  const plainId = await openRun(site)
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(isMeasured(site, plainId))
  worker.socket.disconnect()
  const plain = (await detailOf(site, plainId)).status.checkpoint
  const last = await site.json<PublishedModel>('POST', `/api/runs/${plainId}/publish`)
  expect(last.checkpoint).toBe(plain)

  const id = await openRun(site, averaged)
  const seen: Seen = { weights: new Map(), evaluated: new Map() }
  await train(site, id, seen)
  expect((await detailOf(site, id)).status.checkpoint).toBe(plain)

  seen.weights.set(4, new Float32Array((await blobOf(site, plain))!.buffer))
  const average = seen.weights.get(0)!.slice()
  for (let step = 1; step <= 4; step++) {
    const decay = averageDecay(EMA, step - 1)
    const weights = seen.weights.get(step)!
    for (let i = 0; i < average.length; i++) {
      average[i] = decay * average[i]! + (1 - decay) * weights[i]!
    }
  }
  const published = await site.json<PublishedModel>('POST', `/api/runs/${id}/publish`)
  expect(published.checkpoint).not.toBe(plain)
  expect(published.weights.blob).toBe(published.checkpoint)
  expect(new Float32Array((await blobOf(site, published.weights.blob))!.buffer)).toEqual(average)

  // Whole, without deltas; and gone when it was measured, unless it is the model.
  expect([...seen.evaluated.keys()]).toEqual([2, 4])
  for (const way of seen.evaluated.values()) {
    expect(way).toMatchObject({ base: { step: way.step, blob: way.checkpoint }, deltas: [] })
  }
  expect(seen.evaluated.get(4)!.checkpoint).toBe(published.checkpoint)
  expect(await blobOf(site, seen.evaluated.get(2)!.checkpoint)).toBeNull()
})

it('OP7, CK1: the average is durable: over a restart it comes to the same bits', async () => {
  const site = await startSite()
  await bringFlora(site)
  const straight = await openRun(site, averaged)
  const worker = await HandWorker.join(site.url)
  await worker.workUntil(isMeasured(site, straight))
  const expected = await site.json<PublishedModel>('POST', `/api/runs/${straight}/publish`)

  const id = await openRun(site, averaged)
  const isAtThree = async () => (await detailOf(site, id)).status.step === 3
  await worker.workUntil(isAtThree)
  await site.stop()
  const again = await startSite({ data: site.data })
  const early = await again.json<PublishedModel>('POST', `/api/runs/${id}/publish`)
  const other = await HandWorker.join(again.url)
  await other.workUntil(isMeasured(again, id))
  const late = await again.json<PublishedModel>('POST', `/api/runs/${id}/publish`)
  expect(late.checkpoint).toBe(expected.checkpoint)
  expect(early.checkpoint).not.toBe(expected.checkpoint)
  expect(early.run.step).toBe(3)
})

it('OP7: before the first step the average is the weights', async () => {
  const site = await startSite()
  await bringFlora(site)
  const id = await openRun(site, averaged)
  const { checkpoint } = (await detailOf(site, id)).status
  expect(await site.json('POST', `/api/runs/${id}/publish`)).toMatchObject({ checkpoint })
})
