/** A real coordinator's process that can write no more: first no blob, then no row, whereby its Postgres ends. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunDetail } from '@worldflora/protocol/runs'
import type { Status } from '@worldflora/protocol/status'
import { afterAll, describe, expect, it } from 'vitest'
import { bringFlora, HandWorker, openRun } from '../hand-made.ts'
import { type SiteApi, startSite, temporaryFolder } from '../running-site.ts'
import { startDying } from './crash-point.ts'
import { limitFiles, unlimitFiles } from './file-limit.ts'
import { expectNothingUnnamed, startWithStore } from './named-files.ts'

const detailOf = async (site: SiteApi): Promise<RunDetail> => {
  const { runs } = await site.json<Status>('GET', '/api/status')
  return site.json<RunDetail>('GET', `/api/runs/${runs[0]!.id}`)
}

/** A data folder with a flora and a run before its first step. */
const opened = mkdtempSync(join(tmpdir(), 'worldflora-opened-'))
afterAll(() => rmSync(opened, { recursive: true, force: true }))

describe.sequential('a full disk', () => {
  let reference = ''

  it('undisturbed: the reference', async () => {
    const first = await startSite()
    await bringFlora(first)
    await openRun(first)
    await first.stop()
    cpSync(first.data, opened, { recursive: true })
    const site = await startSite({ data: first.data })
    const worker = await HandWorker.join(site.url)
    await worker.workUntil(async () => (await detailOf(site)).status.measured)
    reference = (await detailOf(site)).status.checkpoint
  })

  // A blob has tens of kilobytes; Postgres writes its log some megabytes into a file.
  it.each([
    ['no blob can be written', 4 << 10, 'The disk of the data folder is full. Make room on it, then resume'],
    ['blobs can be written, and no row', 1 << 20, 'Once the cause is gone, resume what was paused.'],
  ])(
    'DU1, DU3, FT14: %s: the run pauses; once there is room, it goes on to the same bytes',
    async (_, bytes, words) => {
      const data = temporaryFolder()
      cpSync(opened, data, { recursive: true })
      const site = await startDying(data, null)
      const worker = await HandWorker.join(site.url)
      const told: number[] = []
      worker.socket.on('step-advanced', ({ step }) => told.push(step))
      let isFull = false
      const reasons: string[] = []
      await worker.workUntil(async () => {
        const { status } = await detailOf(site)
        if (status.step === 1 && !isFull) {
          isFull = true
          limitFiles(site.pid, bytes)
        }
        if (status.state === 'paused') {
          reasons.push(status.reason!)
          expect((await site.json<Status>('GET', '/api/status')).trouble).not.toBeNull()
          expect(told).toEqual([1])
          unlimitFiles(site.pid)
          const path = `/api/runs/${status.id}/state`
          expect((await site.call('POST', path, { state: 'running' })).status).toBe(200)
        }
        return status.measured
      })
      expect(reasons).toEqual([expect.stringContaining(words)])
      const { status, imagesTrained } = await detailOf(site)
      expect([status.checkpoint, imagesTrained]).toEqual([reference, 48])
      process.kill(site.pid, 'SIGKILL')
      await site.gone
      const again = await startWithStore(data)
      await expectNothingUnnamed(data, again.store)
      expect((await detailOf(again.site)).status).toMatchObject({ checkpoint: reference, measured: true })
    },
  )
})
