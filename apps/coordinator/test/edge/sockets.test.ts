import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunStatus } from '@worldflora/protocol/runs'
import { describe, expect, it } from 'vitest'
import { bringFlora, HandWorker, openRun } from '../hand-made.ts'
import { startSite, temporaryFolder } from '../running-site.ts'

function pagesOfBuild(build: string): string {
  const web = temporaryFolder()
  mkdirSync(join(web, '_next', 'static'), { recursive: true })
  writeFileSync(join(web, 'index.html'), '<p>Worldflora</p>')
  writeFileSync(join(web, 'build.json'), JSON.stringify({ build }))
  return web
}

describe('joining', () => {
  it('CN2, MS1: a worker of another protocol version is told what to do, and gets no work', async () => {
    const site = await startSite()
    const worker = await HandWorker.connect(site.url)
    expect(await worker.ask({ protocol: 999 })).toMatchObject({
      kind: 'rejection',
      code: 'protocol-mismatch',
      action: expect.stringContaining('version'),
    })
    expect(await worker.requestWork()).toMatchObject({ kind: 'rejection', code: 'not-joined' })
  })

  it('CN2: a tab of another build is told so; the same build and Node workers are welcome', async () => {
    const site = await startSite({ web: pagesOfBuild('new') })
    const tab = await HandWorker.connect(site.url)
    expect(await tab.ask({ host: 'browser', build: 'old' })).toMatchObject({ code: 'build-mismatch' })
    expect(await tab.ask({ host: 'browser', build: 'new' })).toMatchObject({ kind: 'joined' })
    await HandWorker.join(site.url)
  })

  it('SD2: only who has the golden hash is deterministic, and only such a worker gets a deterministic run', async () => {
    const site = await startSite()
    await bringFlora(site)
    await openRun(site)
    const worker = await HandWorker.join(site.url, { device: { backend: 'wasm' } })
    expect(worker.joined!.deterministic).toBe(false)
    expect(await worker.requestWork()).toMatchObject({ kind: 'idle' })
    const other = await HandWorker.join(site.url)
    expect(other.joined!.deterministic).toBe(true)
    expect((await other.requestWork()).kind).toBe('leased')
  })

  it('CN3, CN5: an identity with a foreign secret gets a new identity; with its own it takes over from its old connection', async () => {
    const site = await startSite()
    const worker = await HandWorker.join(site.url)
    const { workerId, secret } = worker.joined!
    const forger = await HandWorker.join(site.url, { identity: { workerId, secret: `${workerId}.forged` } })
    expect(forger.joined!.workerId).not.toBe(workerId)
    const ended = new Promise((resolve) => worker.socket.once('disconnect', resolve))
    const back = await HandWorker.join(site.url, { identity: { workerId, secret } })
    expect(back.joined!.workerId).toBe(workerId)
    await ended
    expect(await site.json('GET', '/api/status')).toMatchObject({ workers: 2 })
    expect(await site.json('GET', '/api/workers')).toHaveLength(2)
  })

  it('CN1: who has not joined is answered nothing else, and joins once', async () => {
    const site = await startSite()
    const worker = await HandWorker.connect(site.url)
    expect(await worker.requestWork()).toMatchObject({ kind: 'rejection', code: 'not-joined' })
    expect(await worker.ask()).toMatchObject({ kind: 'joined' })
    expect(await worker.requestWork()).toMatchObject({ kind: 'idle' })
    expect(await worker.ask()).toMatchObject({ kind: 'rejection', code: 'joined-already' })
  })

  it('MS6: a step is announced, with its checkpoint, to those who have joined', async () => {
    const site = await startSite()
    await bringFlora(site)
    const id = await openRun(site)
    const worker = await HandWorker.join(site.url)
    const announced = new Promise((resolve) => worker.socket.once('step-advanced', resolve))
    for (let isOver = false; !isOver; ) {
      const reply = await worker.requestWork()
      isOver = reply.kind !== 'leased'
      if (reply.kind === 'leased') await worker.push(reply.lease)
    }
    const fact = await announced
    const { status } = await site.json<{ status: RunStatus }>('GET', `/api/runs/${id}`)
    expect(fact).toMatchObject({ run: id, step: 1 })
    if (status.step === 1) expect(fact).toMatchObject({ checkpoint: status.checkpoint })
  })

  it('MS2: a worker of before, which still says how fast its uplink is, is given work', async () => {
    const site = await startSite()
    await bringFlora(site)
    await openRun(site)
    const { socket } = await HandWorker.join(site.url)
    const request = { holding: [], shards: [], imagesPerSecond: 10, uploadBytesPerSecond: 1e6 }
    expect(await socket.emitWithAck('request-work', request)).toMatchObject({ kind: 'leased' })
  })

  it('IN1: nonsense is answered with what is wrong, or with nothing where nobody asked', async () => {
    const site = await startSite()
    const { socket } = await HandWorker.connect(site.url)
    const anything = socket as unknown as {
      emit(...args: unknown[]): void
      emitWithAck(...args: unknown[]): Promise<unknown>
    }
    expect(await anything.emitWithAck('join', 'let me in')).toMatchObject({
      kind: 'rejection',
      code: 'invalid',
    })
    anything.emit('join')
    anything.emit('request-work', null)
    expect(await anything.emitWithAck('return-lease', { leaseId: '../..' })).toMatchObject({
      code: 'invalid',
    })
    expect((await site.call('GET', '/healthz')).ok).toBe(true)
  })
})

describe('the status', () => {
  it('MS7: every connection hears it at once and when it changes, at most twice a second', async () => {
    const site = await startSite()
    await bringFlora(site)
    const watcher = await HandWorker.connect(site.url)
    const heard: { atMs: number; runs: RunStatus[] }[] = []
    watcher.socket.on('status-changed', (runs) => heard.push({ atMs: performance.now(), runs }))
    const id = await openRun(site)
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(
      async () => (await site.json<{ status: RunStatus }>('GET', `/api/runs/${id}`)).status.measured,
    )
    await expect.poll(() => heard.at(-1)?.runs[0]?.measured, { timeout: 5000 }).toBe(true)
    const pauses = heard.slice(1).map(({ atMs }, i) => atMs - heard[i]!.atMs)
    for (const pause of pauses) expect(pause).toBeGreaterThan(450)
  })
})
