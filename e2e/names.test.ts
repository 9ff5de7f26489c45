/** An answer one can trust: photos to compare with, names, and what else is known of the plant. */
import { encodeManifest, type Manifest } from '@worldflora/dataset/manifest'
import { hashOf } from '@worldflora/protocol/hash'
import { encodePlaces } from '@worldflora/protocol/places'
import type { Species } from '@worldflora/protocol/species'
import type { Locator } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, PHONE } from './accessibility.ts'
import { expectNoFaults, openBrowser, openPage, untilAtWork, type WatchedPage } from './browser.ts'
import { name } from './identify-page.ts'
import { shareAmongTests } from './lifetime.ts'
import { bringHerbarium, call } from './operator.ts'
import { type Site, startCoordinator, temporaryFolder } from './processes.ts'
import { heldBackPhotos, publishUntrained, SMALL_RUN } from './published-site.ts'

/** The first two species grow there, of the third nobody knows where, the others are from far away; the fourth is threatened. */
const ALPS = { latitude: 46.5, longitude: 7.6 }
const FAR = { latitude: -30.5, longitude: 140.5 }

function described(species: Species, index: number): Species {
  return {
    ...species,
    authorship: 'Worldfl. & Drawn',
    gbifId: String(3_117_424 + index),
    powoId: `18430${index}-2`,
    iucnCategory: index === 3 ? 'VU' : 'LC',
    synonyms: Array.from({ length: index === 0 ? 5 : 2 }, (_, n) => `Alia planta${'abcde'[n]} Auct.`),
    commonNames: { en: [`plant ${index}`, `herb ${index}`], fr: [`plante ${index}`] },
    checklists: index < 2 ? ['alps', 'garden'] : ['garden'],
  }
}

async function startDescribedSite(): Promise<{ site: Site; photos: Buffer[]; species: readonly Species[] }> {
  const site = await startCoordinator(temporaryFolder())
  const herbarium = await bringHerbarium(site, SMALL_RUN.flora, { species: 6 })
  const { manifest } = herbarium
  const species = manifest.species.map(described)
  const places = encodePlaces(
    species,
    [0, 1, 3, 4, 5].flatMap((index) =>
      Array.from({ length: 40 }, () => ({ species: index, ...(index < 2 ? ALPS : FAR) })),
    ),
  )
  const flora: Manifest = { ...manifest, species, places: { hash: hashOf(places), bytes: places.length } }
  const encoded = encodeManifest(flora)
  for (const bytes of [places, encoded]) await call(site, 'PUT', `/blobs/${hashOf(bytes)}`, bytes)
  await call(site, 'PUT', `/api/floras/${SMALL_RUN.flora}`, { manifest: hashOf(encoded) })
  await publishUntrained(site, SMALL_RUN)
  return { site, photos: heldBackPhotos(herbarium).map(({ jpeg }) => Buffer.from(jpeg)), species }
}

describe('an answer of /identify', () => {
  let site: Site
  let photos: Buffer[]
  let species: readonly Species[]

  beforeAll(() =>
    shareAmongTests(async () => {
      ;({ site, photos, species } = await startDescribedSite())
    }),
  )

  it('NM1, NM2, PR1: a candidate opens beside one’s own photos, with authors and licences, names and links; once seen, offline too', async () => {
    const context = await (await openBrowser()).newContext()
    const page = await openPage(context, site, '/identify')
    await untilAtWork(page)
    await page.getByTestId('offline-ready').waitFor()
    const asked: string[] = []
    page.on('request', (request) => {
      if (/references|photos/.test(request.url())) asked.push(request.url())
    })
    await name(page, photos[0]!, 1)
    expect(asked).toEqual([])

    const shown = await idsOf(page)
    const [first, second] = shown.map((id) => species.findIndex((one) => one.id === id))
    const opener = page.getByRole('button', { name: `Photos and names: plant ${first}`, exact: true })
    await opener.click()
    const dialog = page.getByTestId('species')
    const references = dialog.getByTestId('reference')
    await expectSeen(references)
    for (const words of await references.allTextContents()) {
      expect(words).toContain('Worldflora synthetic herbarium')
      expect(words).toContain('CC0-1.0')
    }
    const alts = await references
      .getByRole('img')
      .evaluateAll((all) => all.map((one) => (one as HTMLImageElement).alt))
    expect(new Set(alts).size).toBe(alts.length)
    for (const alt of alts) expect(alt).toMatch(/: (Leaf|Flower|Fruit|Whole plant), photo \d$/)
    expect(await dialog.getByRole('img', { name: 'Your photo 1' }).count()).toBe(1)

    const facts = dialog.getByTestId('name-facts')
    expect(await facts.textContent()).toContain(species[first!]!.scientificName)
    expect(await facts.locator('i').first().textContent()).toBe(species[first!]!.scientificName)
    expect(await facts.locator('i').allTextContents()).not.toContain('Worldfl. & Drawn')
    await facts.getByText('Worldfl. & Drawn').waitFor()
    await facts.getByText(`herb ${first}`).waitFor()
    await facts.getByText(first === 3 ? 'Vulnerable' : 'Least concern').waitFor()
    const isCollapsed = (await facts.locator('details').count()) === 1
    expect(isCollapsed).toBe(first === 0)
    for (const [text, address] of [
      ['GBIF', `https://www.gbif.org/species/${3_117_424 + first!}`],
      ['Plants of the World Online', `https://powo.science.kew.org/taxon/18430${first}-2`],
    ]) {
      const link = facts.getByRole('link', { name: text!, exact: true })
      expect([await link.getAttribute('href'), await link.getAttribute('rel')]).toEqual([
        address,
        'noreferrer noopener',
      ])
    }
    await page.keyboard.press('Escape')
    expect(await opener.evaluate((it) => it === document.activeElement)).toBe(true)
    await expect
      .poll(() => page.evaluate(async () => (await (await caches.open('reference-photos')).keys()).length))
      .toBe(1 + alts.length)

    await context.setOffline(true)
    await page.reload()
    await untilAtWork(page)
    await name(page, photos[0]!, 1)
    await opener.click()
    await expectSeen(references)
    expect(await references.count()).toBe(alts.length)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: `Photos and names: plant ${second}`, exact: true }).click()
    await dialog.getByText('out of reach just now').waitFor()
    await dialog.getByText(`herb ${second}`).waitFor()
    await page.keyboard.press('Escape')

    // Of all that was seen the latest 400 stay.
    await context.setOffline(false)
    await page.evaluate(async () => {
      const cache = await caches.open('reference-photos')
      for (let n = 0; n < 400; n++) await cache.put(`/v2/photos/older/${n}.jpg`, new Response(''))
    })
    await page.getByRole('button', { name: `Photos and names: plant ${second}`, exact: true }).click()
    await expectSeen(references)
    await expect
      .poll(() =>
        page.evaluate(async () => {
          const kept = await (await caches.open('reference-photos')).keys()
          return [kept.length, kept.filter(({ url }) => !url.includes('/older/')).length]
        }),
      )
      .toEqual([400, 1 + (await references.count())])
    expectNoFaults(page)
  })

  it('NR1, NR2, NR3, PL2, PL3: kept to a list and weighed by a place, nothing is asked of anybody; switched off, it is as before', async () => {
    const context = await (await openBrowser()).newContext({
      viewport: PHONE,
      permissions: ['geolocation'],
      geolocation: ALPS,
    })
    const page = await openPage(context, site, '/identify')
    await untilAtWork(page)
    await page.getByTestId('offline-ready').waitFor()
    await name(page, photos[0]!, 1)
    // The answer's sheet is written once the page is at rest, and the first one fetches what makes thumbnails.
    await page.getByTestId('sheet').waitFor()
    const before = await scoresOf(page)
    const requests: string[] = []
    page.on('request', (request) => {
      if (request.url().startsWith('http')) requests.push(request.url())
    })

    await page.getByText('Narrow it down').click()
    await page.getByLabel('Plants of').selectOption('alps')
    await page.getByTestId('narrowed').getByText('Only plants of alps: 2 species').waitFor()
    const listed = await scoresOf(page)
    expect([...listed.keys()].sort()).toEqual([species[0]!.id, species[1]!.id].sort())
    expect(sumOf(listed)).toBeCloseTo(1, 5)
    expect(await page.getByRole('heading', { name: 'This is hardly a plant of alps' }).count()).toBe(
      [...listed.keys()].reduce((sum, id) => sum + (before.get(id) ?? 0), 0) < 0.15 ? 1 : 0,
    )
    await page.getByTestId('sheet').first().click()
    await page.getByTestId('kept-narrowed').getByText('Only plants of alps.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByLabel('Plants of').selectOption('')
    await expect.poll(() => scoresOf(page)).toEqual(before)

    const field = page.getByLabel('Where it stands')
    await field.fill('somewhere')
    await field.press('Enter')
    await page.getByText('That is no latitude and longitude').waitFor()
    await field.fill('46.5, 7.6')
    await field.press('Enter')
    await page.getByText('Weighed by what is known from around 46.5, 7.6').waitFor()
    const presence = new Map(
      await page
        .getByTestId('candidate')
        .evaluateAll((all) =>
          all.map((one): [string, string] => [
            (one as HTMLElement).dataset.species!,
            (one.querySelector('[data-presence]') as HTMLElement).dataset.presence!,
          ]),
        ),
    )
    const expected = ['here', 'here', 'untold', 'elsewhere', 'elsewhere', 'elsewhere']
    for (const [id, word] of presence) expect(word).toBe(expected[species.findIndex((one) => one.id === id)])
    const weighed = await scoresOf(page)
    for (const id of [species[0]!.id, species[1]!.id]) {
      expect(weighed.get(id)!).toBeGreaterThan(before.get(id) ?? 0)
    }
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Show without this' }).click()
    await expect.poll(() => scoresOf(page)).toEqual(before)

    await page.getByRole('button', { name: 'Use where I am' }).click()
    await page.getByText('Weighed by what is known from around 46.5, 7.6').waitFor()
    expect(await scoresOf(page)).toEqual(weighed)
    expect(requests).toEqual([])
    const kept = await page.evaluate(async () => {
      const caught: string[] = Object.values({ ...localStorage })
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await new Promise<IDBDatabase>((resolve) => {
          const request = indexedDB.open(name)
          request.onsuccess = () => resolve(request.result)
        })
        for (const store of database.objectStoreNames) {
          const all = await new Promise<unknown[]>((resolve) => {
            const request = database.transaction(store).objectStore(store).getAll()
            request.onsuccess = () => resolve(request.result)
          })
          caught.push(JSON.stringify(all))
        }
        database.close()
      }
      return caught.join()
    })
    expect(kept).not.toMatch(/46\.5|latitude/)

    await page
      .getByRole('button', { name: /^Photos and names: / })
      .first()
      .click()
    await expectSeen(page.getByTestId('reference'))
    await expectAccessible(page)
    const arabic = await openPage(context, site, '/ar/identify')
    await arabic.getByTestId('offline-ready').waitFor()
    await name(arabic, photos[0]!, 1)
    await arabic
      .getByRole('button', { name: /^الصور والأسماء/ })
      .first()
      .click()
    await expectSeen(arabic.getByTestId('reference'))
    await expectAccessible(arabic)
    for (const tab of [page, arabic]) expectNoFaults(tab)
  })
})

async function idsOf(page: WatchedPage): Promise<string[]> {
  return [...(await scoresOf(page)).keys()]
}

async function scoresOf(page: WatchedPage): Promise<Map<string, number>> {
  const rows = await page
    .getByTestId('candidate')
    .evaluateAll((all) =>
      all.map(({ dataset }): [string, number] => [dataset.species!, Number(dataset.score)]),
    )
  return new Map(rows)
}

function sumOf(scores: Map<string, number>): number {
  return [...scores.values()].reduce((sum, score) => sum + score, 0)
}

/** Each of them, once it has been scrolled to, is a picture. */
async function expectSeen(references: Locator): Promise<void> {
  await references.first().waitFor()
  for (const reference of await references.all()) {
    await reference.scrollIntoViewIfNeeded()
    await expect
      .poll(() => reference.getByRole('img').evaluate((img) => (img as HTMLImageElement).naturalWidth))
      .toBeGreaterThan(0)
  }
}
