/** The pages as their users meet them. */

import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Photo } from '@worldflora/dataset/shard'
import { hashOf } from '@worldflora/protocol/hash'
import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, PHONE } from './accessibility.ts'
import {
  expectNoFaults,
  openBrowser,
  openContext,
  openContributor,
  openPage,
  type WatchedPage,
} from './browser.ts'
import { name, speciesNamed } from './identify-page.ts'
import { shareAmongTests } from './lifetime.ts'
import { bringHerbarium, call, openRun, untilRun } from './operator.ts'
import { type Site, startCoordinator, temporaryFolder } from './processes.ts'
import { SMALL_RUN as run, startTrainedSite, type TrainedSite } from './published-site.ts'

let site: TrainedSite
/** Where nothing has happened yet. */
let newSite: Site & { data: string }
let browser: Browser
beforeAll(() =>
  shareAmongTests(async () => {
    site = await startTrainedSite()
    const data = temporaryFolder()
    newSite = { ...(await startCoordinator(data)), data }
    browser = await openBrowser()
  }),
)

describe('/identify', () => {
  it('names held-back photos, and again with the network off (PR1: nothing is sent)', async () => {
    const { manifest, photos, testEvaluation } = site
    const context = await openContext(browser)
    const page = await openPage(context, site, '/identify')
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() !== 'GET') sent.push(request.url())
    })

    async function nameOne(page: WatchedPage, { jpeg }: Photo, nth: number): Promise<string[]> {
      await name(page, jpeg, nth)
      return speciesNamed(page)
    }

    const online: string[][] = []
    for (const [i, photo] of photos.entries()) {
      online.push(await nameOne(page, photo, i + 1))
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
    expect(await nameOne(page, photos[0]!, 1)).toEqual(online[0])
    expect(sent).toEqual([])
    expectNoFaults(page)

    // The same in French, which this device keeps from now on.
    await context.setOffline(false)
    const french = await openPage(context, site, '/fr/identify')
    expect(await nameOne(french, photos[0]!, 1)).toEqual(online[0])
    await french.getByRole('button', { name: 'Une autre plante' }).click()
    await french.getByText('Utilisable sans réseau').waitFor()
    await context.setOffline(true)
    await french.reload()
    await french.getByRole('heading', { name: 'Quelle est cette plante' }).waitFor()
    expect(await french.locator('html').getAttribute('lang')).toBe('fr')
    expectNoFaults(french)
  })

  it('says that there is no model yet', async () => {
    const page = await openPage(await openContext(browser), newSite, '/identify')
    await page
      .getByText(/no model/i)
      .first()
      .waitFor()
    expectNoFaults(page)
  })
})

/** Who asks for less motion gets none. */
async function expectStill(page: WatchedPage): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  const moving = await page.locator('body *').evaluateAll(
    (all) =>
      all.filter((one) => {
        const { animationName, transitionDuration } = getComputedStyle(one)
        return animationName !== 'none' || transitionDuration !== '0s'
      }).length,
  )
  expect(moving).toBe(0)
  await page.emulateMedia({ reducedMotion: null })
}

describe('/contribute and /dashboard', () => {
  it('a volunteer sees the backend, the work and its sum, and stops at once; the operator sees it too', async () => {
    const id = await openRun(site, { ...run, name: 'volunteered' })
    const tab = await openContributor(browser, site)
    await untilRun(site, id, (status) => status.step >= 3)
    await expect.poll(() => tab.getByTestId('images-done').textContent()).toMatch(/[1-9]/)
    expect(await tab.getByTestId('backend').textContent()).toContain('WASM')
    await expectStill(tab)

    const { path } = await call<{ path: string }>(site, 'POST', '/api/operator-links')
    const context = await openContext(browser)
    const dashboard = await openPage(context, site, path)
    await dashboard.getByTestId('run-sentence').waitFor()
    await dashboard.getByTestId('loss-curve').locator('canvas').first().waitFor()
    await dashboard.getByTestId('workers-table').getByText('WASM').first().waitFor()

    const stranger = await openPage(await openContext(browser), site, path)
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
    const id = await openRun(site, { ...run, name: 'long', epochs: 100 })
    const tab = await openContributor(browser, site)
    const fetched: string[] = []
    tab.on('request', (request) => fetched.push(new URL(request.url()).pathname))
    const { step } = await untilRun(site, id, (status) => status.step >= 2)
    await tab.reload()
    fetched.length = 0
    await tab.getByRole('button', { name: 'Start contributing' }).click()
    await untilRun(site, id, (status) => status.step > step + 1)
    const shards = site.manifest.shards.train.map(({ hash }) => `/blobs/${hash}`)
    expect(fetched.some((path) => path.startsWith('/blobs/'))).toBe(true)
    expect(fetched.filter((path) => shards.includes(path))).toEqual([])
    expectNoFaults(tab)
  })

  it('axe-core finds nothing on any page, light and dark, and each fits 360 px', async () => {
    const context = await openContext(browser, { viewport: PHONE })
    for (const path of [
      '/',
      '/contribute',
      '/identify',
      '/dashboard',
      '/ar',
      '/ar/contribute',
      '/ar/identify',
    ]) {
      const page = await openPage(context, newSite, path)
      await page.getByRole('main').waitFor()
      await expectAccessible(page)
      expectNoFaults(page)
    }
  })

  it('PH1, LC2, LC3, LC4, DU2: an operator is told what a run is made of and waits for, forks it, takes it back, and sees trouble', async () => {
    const { data, ...site } = newSite
    await bringHerbarium(site, 'small', { species: 4 })
    const { epochs, ...common } = run
    const phases = [
      { train: 'head', epochs, views: 2 },
      { train: 'all', epochs },
    ]
    const id = await openRun(site, { ...common, phases })
    const { path } = await call<{ path: string }>(site, 'POST', '/api/operator-links')
    const page = await openPage(await openContext(browser, { viewport: PHONE }), site, path)
    const button = (name: string) => page.getByRole('button', { name })
    await page.getByTestId('run-hint').getByText('Nobody is here').waitFor()
    await page.getByTestId('delay-curve').locator('canvas').first().waitFor()
    const recipe = page.getByTestId('recipe')
    await recipe.getByText('random weights, of seed 3').waitFor()
    expect(await recipe.getByRole('listitem').allTextContents()).toEqual([
      expect.stringMatching(/1\. The head.*Under way: features.*2 of each photo/),
      expect.stringMatching(/2\. All of the network.*To come/),
    ])

    await button('Fork from step 0 …').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name of the new run').fill(run.name)
    await button('Begin the new run').click()
    await dialog.getByRole('alert').getByText(run.name).waitFor()
    await expectAccessible(page)
    await dialog.getByLabel('Name of the new run').fill('another')
    await page.keyboard.press('Enter')
    await page.getByText('“another” has begun, at step 0.').waitFor()
    expect(await button('Fork from step 0 …').evaluate((it) => it === document.activeElement)).toBe(true)

    await page.getByRole('button', { name: run.name }).click()
    await button('Pause').click()
    await button('Go back to step 0 …').click()
    await expectAccessible(page)
    await button(`Take “${run.name}” back`).click()
    await page.getByText('is at step 0 again, paused.').waitFor()
    expect((await untilRun(site, id, () => true)).state).toBe('paused')

    // A folder whose blobs cannot be written: the next upload finds out. No test after this one has much use for the site.
    renameSync(join(data, 'blobs'), join(data, 'blobs-away'))
    writeFileSync(join(data, 'blobs'), '')
    const bytes = new TextEncoder().encode('a blob')
    await expect(call(site, 'PUT', `/blobs/${hashOf(bytes)}`, bytes)).rejects.toThrow('503')
    await page.getByTestId('trouble').waitFor()
    await expectAccessible(page)
    expectNoFaults(page)
  })
})
