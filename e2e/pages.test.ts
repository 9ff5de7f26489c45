/** The pages as their users meet them. */

import AxeBuilder from '@axe-core/playwright'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { expectNoFaults, openBrowser, openContributor, openPage } from './browser.ts'
import { bringHerbarium, call, openRun, untilMeasured, untilRun } from './operator.ts'
import { startCoordinator, temporaryFolder, worldflora } from './processes.ts'

const run = {
  name: 'pages',
  flora: 'small',
  seed: 3,
  architecture: { name: 'small-cnn', width: 1, imageSize: 48 },
  samplesPerTask: 16,
  tasksPerStep: 1,
  epochs: 12,
  optimizer: { name: 'sgd', learningRate: 0.05, weightDecay: 5e-4, schedule: 'cosine', warmupEpochs: 1 },
  augmentation: { flip: true },
}

describe('/identify', () => {
  it('names held-back photos, and again with the network off (PR1: nothing is sent)', async () => {
    const site = await startCoordinator(temporaryFolder())
    const { manifest, shards } = await bringHerbarium(site, 'small', { species: 6 })
    const id = await openRun(site, run)
    worldflora(['work', '--url', site.url])
    const { testEvaluation } = await untilMeasured(site, id)
    await call(site, 'POST', `/api/runs/${id}/publish`)

    const photos = readShard(shards.get(manifest.shards.test[0]!.hash)!)
    if (isRejection(photos)) throw new Error(photos.message)
    const context = await (await openBrowser()).newContext()
    const page = await openPage(context, site, '/identify')
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(request.url())
    })

    async function name(photo: Photo, nth: number): Promise<string[]> {
      const file = { name: `held-back-${nth}.jpg`, mimeType: 'image/jpeg', buffer: Buffer.from(photo.jpeg) }
      await page.getByTestId('photo-input').setInputFiles(file)
      await page
        .getByTestId('answer')
        .and(page.locator(`[data-answer="${nth}"]`))
        .waitFor()
      const rows = page.getByTestId('candidate')
      return rows.evaluateAll((candidates) => candidates.map((row) => (row as HTMLElement).dataset.species!))
    }

    const online: string[][] = []
    for (const [i, photo] of photos.entries()) {
      online.push(await name(photo, i + 1))
      await page.getByRole('button', { name: 'Another plant' }).click()
    }
    expect(online.every((five) => five.length === 5)).toBe(true)
    const right = photos.filter((photo, i) => online[i]![0] === manifest.species[photo.species]!.id).length
    // Same decoder, same crop, same weights: the page is right on just those photos on which the run's evaluation was.
    expect(right).toBe(Math.round(photos.length * testEvaluation!.top1))
    expect(right / photos.length).toBeGreaterThan(1 / manifest.species.length)

    await page.getByTestId('offline-ready').waitFor()
    await context.setOffline(true)
    await page.reload()
    expect(await name(photos[0]!, 1)).toEqual(online[0])
    expect(sent).toEqual([])
    expectNoFaults(page)
  })

  it('a file that is no picture gets a clear word', async () => {
    const site = await startCoordinator(temporaryFolder())
    const page = await openPage(await (await openBrowser()).newContext(), site, '/identify')
    await page
      .getByText(/no model/i)
      .first()
      .waitFor()
    expectNoFaults(page)
  })
})

describe('/contribute and /dashboard', () => {
  it('a volunteer sees the backend, the work and its sum, and stops at once; the operator sees it too', async () => {
    const site = await startCoordinator(temporaryFolder())
    await bringHerbarium(site, 'small', { species: 6 })
    const id = await openRun(site, run)
    const browser = await openBrowser()
    const tab = await openContributor(browser, site)
    await untilRun(site, id, (status) => status.step >= 3)
    await expect.poll(() => tab.getByTestId('images-done').textContent()).toMatch(/[1-9]/)
    expect(await tab.getByTestId('backend').textContent()).toContain('WASM')

    const { path } = await call<{ path: string }>(site, 'POST', '/api/operator-links')
    const context = await browser.newContext()
    const dashboard = await openPage(context, site, path)
    await dashboard.getByTestId('run-sentence').waitFor()
    await dashboard.getByTestId('loss-curve').locator('canvas').first().waitFor()
    await dashboard.getByTestId('workers-table').getByText('WASM').first().waitFor()

    const stranger = await openPage(await browser.newContext(), site, path)
    await stranger
      .getByLabel(/token|link/i)
      .first()
      .waitFor()

    await tab.getByRole('button', { name: 'Stop' }).click()
    await tab.getByRole('button', { name: 'Start contributing' }).waitFor()
    await untilRun(site, id, () => true)
    await expect
      .poll(async () => (await call<{ workers: number }>(site, 'GET', '/api/status')).workers)
      .toBe(0)
    for (const page of [tab, dashboard]) expectNoFaults(page)
  })

  it('a tab that comes back still has its photos: no shard is fetched twice', async () => {
    const site = await startCoordinator(temporaryFolder())
    const { manifest } = await bringHerbarium(site, 'small', { species: 4 })
    const id = await openRun(site, { ...run, epochs: 100 })
    const tab = await openContributor(await openBrowser(), site)
    const fetched: string[] = []
    tab.on('request', (request) => fetched.push(new URL(request.url()).pathname))
    const { step } = await untilRun(site, id, (status) => status.step >= 2)
    await tab.reload()
    fetched.length = 0
    await tab.getByRole('button', { name: 'Start contributing' }).click()
    await untilRun(site, id, (status) => status.step > step + 1)
    const shards = manifest.shards.train.map(({ hash }) => `/blobs/${hash}`)
    expect(fetched.some((path) => path.startsWith('/blobs/'))).toBe(true)
    expect(fetched.filter((path) => shards.includes(path))).toEqual([])
    expectNoFaults(tab)
  })

  it.each(['/', '/contribute', '/identify', '/dashboard'])(
    'axe-core finds nothing on %s, light and dark, and it fits 360 px',
    async (path) => {
      const site = await startCoordinator(temporaryFolder())
      const browser = await openBrowser()
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await openPage(
          await browser.newContext({ colorScheme, viewport: { width: 360, height: 740 } }),
          site,
          path,
        )
        await page.getByRole('main').waitFor()
        const { violations } = await new AxeBuilder({ page: page as never }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
        expectNoFaults(page)
      }
    },
  )
})
