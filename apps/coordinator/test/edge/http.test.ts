import { request } from 'node:http'
import { hashOf } from '@worldflora/protocol/hash'
import { Status } from '@worldflora/protocol/status'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { bringFlora, config, HandWorker, openRun } from '../hand-made.ts'
import { type RunningSite, startSite } from '../running-site.ts'

describe('blobs', () => {
  it('are immutable and read by range; HEAD tells whether one is there', async () => {
    const site = await startSite()
    const bytes = new TextEncoder().encode('0123456789')
    const url = `${site.url}/blobs/${hashOf(bytes)}`
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(404)
    expect((await site.call('PUT', `/blobs/${hashOf(bytes)}`, bytes)).status).toBe(201)
    const whole = await fetch(url)
    expect(await whole.text()).toBe('0123456789')
    expect(whole.headers.get('cache-control')).toContain('immutable')
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10'])
    const part = await fetch(url, { headers: { range: 'bytes=2-4' } })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      206,
      'bytes 2-4/10',
      '234',
    ])
    expect(await (await fetch(url, { headers: { range: 'bytes=-3' } })).text()).toBe('789')
    expect((await fetch(url, { headers: { range: 'bytes=10-' } })).status).toBe(416)
    const etag = whole.headers.get('etag')!
    expect((await fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304)
  })

  it('IN1: bytes under a wrong name are refused, and nothing is kept', async () => {
    const site = await startSite()
    const refused = await site.call('PUT', `/blobs/${'0'.repeat(64)}`, new Uint8Array(10))
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ code: 'hash-mismatch' })
    expect((await site.call('HEAD', `/blobs/${'0'.repeat(64)}`)).status).toBe(404)
    expect((await site.call('GET', '/blobs/..%2f..%2fworker-key')).status).toBe(400)
  })
})

describe('floras and runs', () => {
  it('a flora’s name is set only when all of its shards are there', async () => {
    const site = await startSite()
    const { manifest, hash } = await bringFlora(site)
    const holed = {
      ...manifest,
      shards: { ...manifest.shards, test: [{ ...manifest.shards.test[0], hash: 'a'.repeat(64) }] },
    }
    const bytes = new TextEncoder().encode(JSON.stringify(holed))
    await site.call('PUT', `/blobs/${hashOf(bytes)}`, bytes)
    const refused = await site.json('PUT', '/api/floras/holed', { manifest: hashOf(bytes) })
    expect(refused).toMatchObject({ code: 'missing-shards' })
    expect(await site.json('GET', '/api/floras')).toEqual([
      { name: 'meadow', hash, species: 3, photos: { train: 24, val: 6, test: 6 } },
    ])
  })

  it('a RUN.json with a wrong field names it; an unknown flora is said with those there are', async () => {
    const site = await startSite()
    await bringFlora(site)
    expect(await site.json('POST', '/api/runs', { ...config, learnigRate: 1 })).toMatchObject({
      kind: 'rejection',
      message: expect.stringContaining('learnigRate'),
    })
    expect(await site.json('POST', '/api/runs', { ...config, flora: 'tundra' })).toMatchObject({
      message: expect.stringContaining('tundra'),
      action: expect.stringContaining('meadow'),
    })
    expect((await site.call('GET', '/api/runs/nobody')).status).toBe(404)
  })

  it('the public status has the shape that it promises', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site)
    await HandWorker.join(site.url)
    const status = v.parse(Status, await (await fetch(`${site.url}/api/status`)).json())
    expect(status).toMatchObject({
      workers: 1,
      model: null,
      runs: [{ id, step: 0, steps: 4, state: 'running' }],
    })
  })
})

/** A body that is announced and begun, but never sent whole: what answers early has not read it. */
function putAnnounced(site: RunningSite, path: string, bearer: string, announcedBytes: number) {
  return new Promise<{ status: number; body: unknown }>((resolve, fail) => {
    const outgoing = request(`${site.url}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${bearer}`, 'content-length': announcedBytes },
    })
    outgoing.on('response', (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => {
        resolve({ status: response.statusCode!, body: JSON.parse(text) })
        outgoing.destroy()
      })
    })
    outgoing.on('error', fail)
    outgoing.write('x')
  })
}

describe('IN1: what is too large', () => {
  it('RS2: a result larger than the run’s layout allows is refused before it is read', async () => {
    const site = await startSite()
    await bringFlora(site)
    await openRun(site)
    const worker = await HandWorker.join(site.url)
    const lease = await worker.lease()
    const path = `/api/leases/${lease.leaseId}/result?tasks=${lease.tasks[0].task}`
    const answer = await putAnnounced(site, path, worker.joined!.secret, 1_000_000_000)
    expect(answer).toMatchObject({ status: 413, body: { kind: 'rejection', code: 'too-large' } })
    expect((await site.call('GET', '/healthz')).ok).toBe(true)
  })

  it('so are a blob, and JSON that says nothing of its length', async () => {
    const site = await startSite()
    const blob = await putAnnounced(site, `/blobs/${'0'.repeat(64)}`, site.token, 1_000_000_000)
    expect(blob).toMatchObject({ status: 413, body: { code: 'too-large' } })
    const endless = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(new Uint8Array(1 << 16))
        controller.close()
      },
    })
    const response = await fetch(`${site.url}/api/runs`, {
      method: 'POST',
      headers: { authorization: `Bearer ${site.token}` },
      body: endless,
      duplex: 'half',
    } as RequestInit)
    expect(response.status).toBe(413)
    expect((await site.call('GET', '/healthz')).ok).toBe(true)
  })

  it('CN4: a result under another worker’s token, or none, is not taken', async () => {
    const site = await startSite()
    await bringFlora(site)
    await openRun(site)
    const [worker, other] = [await HandWorker.join(site.url), await HandWorker.join(site.url)]
    const lease = await worker.lease()
    expect(await other.push(lease)).toEqual({ kind: 'stale' })
    const forged = { ...other.joined!, secret: `${worker.joined!.workerId}.${'A'.repeat(43)}` }
    other.joined = forged
    expect((await other.put(lease, new Uint8Array(1))).status).toBe(401)
    expect(await worker.push(lease)).toMatchObject({ kind: 'accepted' })
  })
})
