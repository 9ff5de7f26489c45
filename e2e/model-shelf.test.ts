/** The model on its way to a tab and on its shelf there: what happens when the network, the disk or another publication comes between. */
import { SHARD_BYTES } from '@worldflora/protocol/compact-weights'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Browser, BrowserContext } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectNoFaults, openBrowser, openContext, openPage, type WatchedPage } from './browser.ts'
import { speciesNamed, untilNamed } from './identify-page.ts'
import { shareAmongTests } from './lifetime.ts'
import { call, openRun } from './operator.ts'
import type { Site } from './processes.ts'
import { SMALL_RUN, startPublishedSite } from './published-site.ts'

/** Which species it prefers as it is drawn differs by the seed. Large enough for several shards. */
const run = (seed: number) => ({
  ...SMALL_RUN,
  name: `seed-${seed}`,
  seed,
  architecture: { name: 'mobilenet-v1', width: 1, imageSize: 32 },
})

let site: Site
let photo: Uint8Array
let browser: Browser
/** The shards of what is published. */
let model: string[]
/** Two runs take turns at being the newer model. */
let turns: { published: string; next: string }

beforeAll(() =>
  shareAmongTests(async () => {
    const { model: first, photos, ...started } = await startPublishedSite(run(1))
    site = started
    photo = photos[0]!.jpeg
    model = shardPaths(first)
    turns = { published: first.run.id, next: await openRun(site, run(2)) }
    browser = await openBrowser()
  }),
)

/** Of the run whose turn it is; returns the shards of the model before it, too. */
async function publishNewer(): Promise<{ older: string[]; newer: string[] }> {
  const older = model
  turns = { published: turns.next, next: turns.published }
  model = shardPaths(await call(site, 'POST', `/api/runs/${turns.published}/publish`))
  return { older, newer: model }
}

function shardPaths({ compact }: PublishedModel): string[] {
  const paths = compact!.shards.map(({ blob }) => `/blobs/${blob}`)
  expect(paths.length).toBeGreaterThanOrEqual(4)
  return paths
}

type Watch = {
  context: BrowserContext
  /** These paths are watched. */
  shards: string[]
  /** In the order of asking. */
  asked: string[]
  /** What becomes of a request; null: it goes its way. */
  fate(path: string, nth: number): 'lost' | 'damaged' | null
}

/** Pages that no service worker stands in front of, so that every request for a shard is seen here. */
async function openWatched(shards: readonly string[]): Promise<Watch> {
  const context = await openContext(browser, { serviceWorkers: 'block' })
  const watch: Watch = { context, shards: [...shards], asked: [], fate: () => null }
  await context.route('**/blobs/*', async (route) => {
    const { pathname: path } = new URL(route.request().url())
    if (!watch.shards.includes(path)) return route.continue()
    watch.asked.push(path)
    const fate = watch.fate(path, watch.asked.filter((one) => one === path).length)
    if (fate === 'lost') return route.abort('internetdisconnected')
    if (fate === null) return route.continue()
    const response = await route.fetch()
    const body = await response.body()
    body[7]! ^= 1
    return route.fulfill({ response, body })
  })
  return watch
}

/** The species that the answer names, best first. */
async function name(page: WatchedPage, photo: Uint8Array): Promise<string[]> {
  // A page that is not at work yet would not notice the file.
  await opened(page)
  const file = { name: 'plant.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(photo) }
  await page.getByTestId('photo-input').setInputFiles(file)
  return answerOf(page)
}

async function answerOf(page: WatchedPage, nth?: number): Promise<string[]> {
  await (nth === undefined ? page.getByTestId('answer').waitFor() : untilNamed(page, nth))
  return speciesNamed(page)
}

/** The shards that this browser keeps. */
function keptIn(page: WatchedPage, among: readonly string[]): Promise<string[]> {
  return page.evaluate(async (paths) => {
    const shelf = await caches.open('identifier-models')
    const kept = (await shelf.keys()).map(({ url }) => new URL(url).pathname)
    return paths.filter((path) => kept.includes(path))
  }, among)
}

/** Of the model that the next visit opens. */
function keptTemperature(page: WatchedPage): Promise<number | null> {
  return page.evaluate(async () => {
    const shelf = await caches.open('identifier-models')
    const model: PublishedModel = await (await shelf.match('/api/model'))!.json()
    return model.calibration?.temperature ?? null
  })
}

const opened = (page: WatchedPage) => page.getByText('This model knows 6 species').waitFor()
const offer = (page: WatchedPage) => page.getByTestId('model-update').getByText('A newer model is ready')

async function setQuota(context: BrowserContext, page: WatchedPage, bytes: number): Promise<void> {
  const session = await context.newCDPSession(page)
  const { origin } = new URL(page.url())
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: bytes })
}

describe('the model’s way to a tab', () => {
  it('QW4: a download that was cut off goes on where it was: what has come is not fetched again', async () => {
    const watch = await openWatched(model)
    watch.fate = (path) => (model.indexOf(path) < 2 ? null : 'lost')
    const page = await openPage(watch.context, site, '/identify')
    await page.getByText('The model could not be fetched').waitFor()
    expect(await keptIn(page, model)).toEqual(model.slice(0, 2))

    watch.fate = () => null
    watch.asked.length = 0
    await page.getByRole('button', { name: 'Look again' }).click()
    await opened(page)
    expect(watch.asked.sort()).toEqual(model.slice(2).sort())
    expect(await name(page, photo)).toHaveLength(5)

    // Whole and kept: another visit asks for none.
    watch.asked.length = 0
    await page.reload()
    await opened(page)
    expect(watch.asked).toEqual([])
    expectNoFaults(page)
  })

  it('QW4, QW5: a shard that comes damaged, or is damaged on the device, is noticed and fetched again, alone', async () => {
    const watch = await openWatched(model)
    watch.fate = (path, nth) => (path === model[1] && nth === 1 ? 'damaged' : null)
    const page = await openPage(watch.context, site, '/identify')
    await opened(page)
    expect(watch.asked.sort()).toEqual([...model, model[1]!].sort())
    const named = await name(page, photo)

    watch.asked.length = 0
    await page.evaluate(async (path) => {
      const shelf = await caches.open('identifier-models')
      await shelf.put(path, new Response(new Uint8Array(1 << 20)))
    }, model[2]!)
    await page.reload()
    await opened(page)
    expect(watch.asked).toEqual([model[2]])
    expect(await name(page, photo)).toEqual(named)
    expectNoFaults(page)
  })

  it('QW4: what comes damaged each time is given up in words', async () => {
    const watch = await openWatched(model)
    watch.fate = (path) => (path === model[0] ? 'damaged' : null)
    const page = await openPage(watch.context, site, '/identify')
    await page.getByText('it came damaged').waitFor()
    expect(watch.asked.filter((path) => path === model[0])).toHaveLength(3)
    expectNoFaults(page)
  })
})

describe('a newer model', () => {
  it('QW5, QW6: is offered in mid-use and never taken unasked; the photos are named again; offline before and after', async () => {
    const context = await openContext(browser)
    const page = await openPage(context, site, '/identify')
    const before = await name(page, photo)
    await page.getByTestId('offline-ready').waitFor()
    await context.setOffline(true)
    await page.reload()
    expect(await name(page, photo)).toEqual(before)

    const { older, newer } = await publishNewer()
    await context.setOffline(false)
    // Not every Chromium says so to a page that was loaded while its network was switched off.
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await offer(page).waitFor()
    expect(await answerOf(page, 1)).toEqual(before)
    await page.getByRole('button', { name: 'Another plant' }).click()
    expect(await name(page, photo)).toEqual(before)

    await page.getByRole('button', { name: 'Use it now' }).click()
    const after = await answerOf(page, 3)
    expect(after).not.toEqual(before)
    await page.getByTestId('model-update').getByText('in use now').waitFor()
    expect(await keptIn(page, [...older, ...newer])).toEqual(newer)

    await context.setOffline(true)
    await page.reload()
    expect(await name(page, photo)).toEqual(after)
    await page.getByTestId('offline-ready').waitFor()
    expectNoFaults(page)
  })

  it('QW5, QW6: the one before stays until the newer is whole; left for later, it is in use from the next visit on', async () => {
    const watch = await openWatched(model)
    const page = await openPage(watch.context, site, '/identify')
    const before = await name(page, photo)

    const { older, newer } = await publishNewer()
    watch.shards.push(...newer)
    watch.fate = (path) => (newer.indexOf(path) < 2 ? null : 'lost')
    watch.asked.length = 0
    const lost = page.waitForEvent('requestfailed')
    await page.reload()
    expect(await name(page, photo)).toEqual(before)
    await lost
    expect(await keptIn(page, older)).toEqual(older)
    expect(await offer(page).count()).toBe(0)

    watch.fate = () => null
    watch.asked.length = 0
    await page.reload()
    expect(await name(page, photo)).toEqual(before)
    await offer(page).waitFor()
    expect(watch.asked.sort()).toEqual(newer.slice(2).sort())
    expect(await keptIn(page, [...older, ...newer])).toEqual(newer)
    await page.getByRole('button', { name: 'Later' }).click()
    await offer(page).waitFor({ state: 'detached' })
    expect(await answerOf(page, 1)).toEqual(before)

    await page.reload()
    expect(await name(page, photo)).not.toEqual(before)
    expectNoFaults(page)
  })
})

it('QW6: a calibration that comes later changes nothing in mid-use and asks nothing; the next visit has it', async () => {
  const watch = await openWatched(model)
  const fitted = { rollUp: null, plantCheck: null, organs: null, heads: null, measured: null, lacking: [] }
  let calibration: { temperature: number } | null = null
  await watch.context.route('**/api/model', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), calibration } })
  })
  const bestScore = async (page: WatchedPage) => {
    await name(page, photo)
    return page.getByTestId('candidate').first().getAttribute('data-score')
  }
  const page = await openPage(watch.context, site, '/identify')
  const before = await bestScore(page)

  calibration = { ...fitted, temperature: 20 }
  watch.asked.length = 0
  await page.reload()
  await expect.poll(() => keptTemperature(page)).toBe(20)
  expect(await bestScore(page)).toBe(before)
  expect(await offer(page).count()).toBe(0)

  await page.reload()
  expect(await bestScore(page)).not.toBe(before)
  expect(watch.asked).toEqual([])
  expectNoFaults(page)
})

describe('QW5: a device without room', () => {
  it('names plants all the same, says that it keeps no model, and keeps one when there is room', async () => {
    const watch = await openWatched(model)
    const page = await openPage(watch.context, site, '/contribute')
    await setQuota(watch.context, page, 500_000)
    await page.goto(`${site.url}/identify`)
    await page.getByText('There is no room on this device').waitFor()
    const named = await name(page, photo)
    expect(await keptIn(page, model)).not.toEqual(model)

    await setQuota(watch.context, page, 1_000_000_000)
    await page.reload()
    await opened(page)
    expect(await keptIn(page, model)).toEqual(model)
    watch.asked.length = 0
    await page.reload()
    expect(await name(page, photo)).toEqual(named)
    expect(watch.asked).toEqual([])
    expectNoFaults(page)
  })

  it('for two models lets the older go once the newer is whole', async () => {
    const { context } = await openWatched(model)
    const page = await openPage(context, site, '/identify')
    const before = await name(page, photo)
    const { older, newer } = await publishNewer()
    await setQuota(context, page, 1.5 * older.length * SHARD_BYTES)
    await page.reload()
    expect(await name(page, photo)).toEqual(before)
    await offer(page).waitFor()
    expect(await keptIn(page, [...older, ...newer])).toEqual(newer)
    await page.getByRole('button', { name: 'Use it now' }).click()
    expect(await answerOf(page, 2)).not.toEqual(before)
    expectNoFaults(page)
  })
})
