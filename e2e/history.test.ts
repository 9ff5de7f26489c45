/** What was identified stays on the device that did it. */
import { readFileSync } from 'node:fs'
import { readJpegSize } from '@worldflora/model/photo'
import type { Browser, Locator } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { expectAccessible, PHONE } from './accessibility.ts'
import {
  expectNoFaults,
  openBrowser,
  openContext,
  openPage,
  untilAtWork,
  type WatchedPage,
} from './browser.ts'
import { name, untilNamed } from './identify-page.ts'
import { shareAmongTests } from './lifetime.ts'
import { startPublishedSite } from './published-site.ts'

const SECRET = 'taken at 48.8584 N, 2.2945 E'

let site: Awaited<ReturnType<typeof startPublishedSite>>
let browser: Browser
beforeAll(() =>
  shareAmongTests(async () => {
    site = await startPublishedSite()
    browser = await openBrowser()
  }),
)

describe('the history of /identify', () => {
  it('HI1, HI2, HI4, PR1: a plant is one sheet while its photos change; kept, offline too; exported; switched off; deleted', {
    timeout: 600_000,
  }, async () => {
    const context = await openContext(browser, { acceptDownloads: true })
    const page = await openPage(context, site, '/identify')
    await untilAtWork(page)
    const sheets = page.getByTestId('sheet')
    const dialog = page.getByRole('dialog')
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    await button('Delete all …').waitFor({ state: 'detached' })
    await page.getByText('It stays on this device and is never sent.').waitFor()

    const large = withExif(await largePhoto(page, site.photos[0]!.jpeg), SECRET)
    await name(page, large, 1)
    await expect.poll(() => sheets.count()).toBe(1)
    await page.getByTestId('offline-ready').waitFor()
    const requests: string[] = []
    const note = (request: { url(): string }) => {
      if (request.url().startsWith('http')) requests.push(request.url())
    }
    page.on('request', note)

    // One plant: a photo is added, another is taken away.
    await name(page, Buffer.from(site.photos[1]!.jpeg), 2)
    const given = await scoresOf(page.getByTestId('candidate'))
    await expect.poll(() => photosOfSheet(page, 0)).toBe(2)
    expect(await scoresOf(page.getByTestId('kept-candidate'))).toEqual(given)
    await page.keyboard.press('Escape')
    expect(await sheets.first().evaluate((it) => it === document.activeElement)).toBe(true)
    await button('Take away photo 2').click()
    await untilNamed(page, 3)
    await expect.poll(() => photosOfSheet(page, 0)).toBe(1)
    await dialog.getByRole('button', { name: 'Close' }).click()
    expect(await sheets.count()).toBe(1)

    await page.getByLabel('What photo 1 shows').selectOption('flower')

    // The next plant has the next sheet, which stands first.
    await button('Another plant').click()
    await name(page, Buffer.from(site.photos[2]!.jpeg), 4)
    await expect.poll(() => sheets.count()).toBe(2)
    const second = await scoresOf(page.getByTestId('candidate'))
    await sheets.first().click()
    expect(await scoresOf(page.getByTestId('kept-candidate'))).toEqual(second)
    await page.keyboard.press('Escape')

    const json = JSON.parse(await saved(page, 'Export as JSON', 'json'))
    expect(json.format).toBe('worldflora-history')
    expect(json.sheets.map((sheet: Exported) => scoresOfExport(sheet))).toEqual([second, expect.anything()])
    const thumbnails = json.sheets.flatMap((sheet: Exported) =>
      sheet.photos.map(({ thumbnail }) => Buffer.from(thumbnail.split(',')[1]!, 'base64')),
    )
    expect(thumbnails).toHaveLength(2)
    expect(readJpegSize(thumbnails[1]!)).toEqual({ width: 320, height: 240 })
    for (const thumbnail of thumbnails) expect(thumbnail.toString('latin1')).not.toMatch(/Exif|48\.8584/)
    expect(json.sheets[0].model.flora).toBe('small')
    expect(json.sheets[1].photos.map(({ organ }: { organ: string }) => organ)).toEqual(['flower'])
    const csv = await saved(page, 'Export as CSV', 'csv')
    expect(csv.startsWith('\ufeffnamed_at,changed_at,verdict,')).toBe(true)
    const times = csv.split('\r\n').map((row) => row.split(',')[0])
    expect(times.slice(1)).toEqual([...json.sheets.map(({ begunAt }: Exported) => begunAt), ''])
    expect(requests).toEqual([])
    page.off('request', note)

    await context.setOffline(true)
    await page.reload()
    await expect.poll(() => sheets.count()).toBe(2)
    await name(page, Buffer.from(site.photos[3]!.jpeg), 1)
    await expect.poll(() => sheets.count()).toBe(3)
    await button('Another plant').click()

    // Off, nothing more is kept; sheets are written in turn, so the third one would stand before the fourth.
    await page.getByLabel('Keep what I identify').uncheck()
    await page.getByText('Nothing more is kept.').waitFor()
    await page.reload()
    await page.getByText('Nothing more is kept.').waitFor()
    await name(page, Buffer.from(site.photos[4]!.jpeg), 1)
    await button('Another plant').click()
    await page.getByLabel('Keep what I identify').check()
    await name(page, Buffer.from(site.photos[5]!.jpeg), 2)
    await expect.poll(() => sheets.count()).toBe(4)

    // A sheet that was deleted stays so, though its plant gets another photo; unless it is brought back.
    const gone = await sheets.first().getAttribute('data-sheet')
    await deleteFirst(page)
    await expect.poll(() => sheets.count()).toBe(3)
    await name(page, Buffer.from(site.photos[6]!.jpeg), 3)
    await button('Another plant').click()
    await name(page, Buffer.from(site.photos[7]!.jpeg), 4)
    await expect.poll(() => sheets.count()).toBe(4)
    expect(await sheets.evaluateAll((all) => all.map(({ dataset }) => dataset.sheet))).not.toContain(gone)
    await button('Bring it back').click()
    await expect.poll(() => sheets.count()).toBe(5)

    await button('Delete all …').click()
    await dialog.getByRole('heading', { name: 'Delete all 5 sheets?' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await sheets.count()).toBe(5)
    await button('Delete all …').click()
    await dialog.getByRole('button', { name: 'Delete all' }).click()
    await page.getByText('All sheets are deleted.').waitFor()
    await page.reload()
    await page.getByText('It stays on this device and is never sent.').waitFor()
    expect(await sheets.count()).toBe(0)
    expectNoFaults(page)
  })

  it('HI3: no IndexedDB, a full device, a database of a newer version: told in words, and naming works', async () => {
    const photo = Buffer.from(site.photos[0]!.jpeg)
    const fault = (page: WatchedPage) => page.getByTestId('history-fault')

    const without = await openContext(browser)
    await without.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('not here', 'SecurityError')
      }
    })
    const barred = await openPage(without, site, '/identify')
    await untilAtWork(barred)
    await fault(barred).getByText('This browser keeps nothing').waitFor()
    await name(barred, photo, 1)
    expectNoFaults(barred)

    const small = await openContext(browser)
    const full = await openPage(small, site, '/identify')
    await untilAtWork(full)
    await full.getByTestId('offline-ready').waitFor()
    const devtools = await small.newCDPSession(full)
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: 1 })
    await name(full, photo, 1)
    await fault(full).getByText('There is no room on this device').waitFor()
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: site.url })
    await name(full, Buffer.from(site.photos[1]!.jpeg), 2)
    await expect.poll(() => full.getByTestId('sheet').count()).toBe(1)
    expect(await fault(full).textContent()).toBe('')

    // Another tab brings a newer version while this one has the database open.
    const newer = await openPage(small, site, '/')
    await newer.evaluate(
      () =>
        new Promise<void>((resolve, fail) => {
          const request = indexedDB.open('worldflora-history', 99)
          request.onerror = () => fail(request.error)
          request.onsuccess = () => {
            request.result.close()
            resolve()
          }
        }),
    )
    await fault(full).getByText('A newer version of this page').waitFor()
    await name(full, Buffer.from(site.photos[2]!.jpeg), 3)
    await full.reload()
    await fault(full).getByText('A newer version of this page').waitFor()
    await name(full, photo, 1)
    expectNoFaults(full)
  })

  it('HI3: a damaged record is passed over; 24 are shown at a time; two tabs show the same; axe-core finds nothing at 360 px', async () => {
    const context = await openContext(browser, { viewport: PHONE })
    const page = await openPage(context, site, '/identify')
    await page.getByText('It stays on this device').waitFor()
    await expectAccessible(page)
    await putRecords(page, 30)
    await page.reload()
    const sheets = page.getByTestId('sheet')
    await expect.poll(() => sheets.count()).toBe(24)
    await page.getByText('1 sheet is damaged and cannot be shown.').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Show older ones' }).press('Enter')
    await expect.poll(() => sheets.count()).toBe(30)
    expect(await sheets.nth(24).evaluate((it) => it === document.activeElement)).toBe(true)

    const arabic = await openPage(context, site, '/ar/identify')
    const others = arabic.getByTestId('sheet')
    await expect.poll(() => others.count()).toBe(24)
    await others.first().press('Enter')
    await expectAccessible(arabic)
    await arabic.getByRole('dialog').getByRole('button', { name: 'احذف هذه البطاقة' }).press('Enter')
    await expect.poll(() => sheets.count()).toBe(29)
    await page.getByRole('button', { name: 'Delete all …' }).click()
    await expectAccessible(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Delete all' }).click()
    await expect.poll(() => others.count()).toBe(0)
    for (const tab of [page, arabic]) expectNoFaults(tab)
  })
})

type Exported = {
  begunAt: string
  candidates: { id: string; score: number }[]
  photos: { thumbnail: string }[]
}

function scoresOf(rows: Locator): Promise<string[]> {
  return rows.evaluateAll((all) => all.map(({ dataset }) => `${dataset.species} ${dataset.score}`))
}

function scoresOfExport({ candidates }: Exported): string[] {
  return candidates.map(({ id, score }) => `${id} ${score}`)
}

/** Leaves the sheet open. */
async function photosOfSheet(page: WatchedPage, nth: number): Promise<number> {
  const dialog = page.getByRole('dialog')
  if ((await dialog.count()) > 0) await page.keyboard.press('Escape')
  await page.getByTestId('sheet').nth(nth).click()
  return dialog.getByRole('img').count()
}

async function deleteFirst(page: WatchedPage): Promise<void> {
  await page.getByTestId('sheet').first().click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete this sheet' }).click()
}

/** What the browser saved. */
async function saved(page: WatchedPage, name: string, ending: string): Promise<string> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(new RegExp(`^worldflora-\\d{4}-\\d{2}-\\d{2}\\.${ending}$`))
  return readFileSync(await file.path(), 'utf8')
}

/** As a camera's: 1200 x 900. */
async function largePhoto(page: WatchedPage, jpeg: Uint8Array): Promise<Buffer> {
  const bytes = await page.evaluate(
    async (small) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(small)]))
      const canvas = new OffscreenCanvas(1200, 900)
      canvas.getContext('2d')!.drawImage(bitmap, 0, 0, 1200, 900)
      const blob = await canvas.convertToBlob({ type: 'image/jpeg' })
      return [...new Uint8Array(await blob.arrayBuffer())]
    },
    [...jpeg],
  )
  return Buffer.from(bytes)
}

/** The JPEG with a segment as cameras write it, which says `words`. */
function withExif(jpeg: Buffer, words: string): Buffer {
  const content = Buffer.from(`Exif\0\0${words}`, 'latin1')
  const head = Buffer.from([0xff, 0xe1, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)])
}

/** So many sheets, and one record that is none. */
async function putRecords(page: WatchedPage, count: number): Promise<void> {
  await page.evaluate(async (count) => {
    const canvas = new OffscreenCanvas(40, 30)
    canvas.getContext('2d')!.fillRect(0, 0, 20, 30)
    const jpeg = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/jpeg' })).arrayBuffer())
    const database = await new Promise<IDBDatabase>((resolve, fail) => {
      const request = indexedDB.open('worldflora-history')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => fail(request.error)
    })
    const transaction = database.transaction('sheets', 'readwrite')
    const store = transaction.objectStore('sheets')
    const sheet = (i: number) => ({
      id: i.toString(16).padStart(32, '0'),
      begunAtMs: 1.7e12 + i,
      changedAtMs: 1.7e12 + i,
      model: { id: 'model-1', flora: 'meadow' },
      verdict: { kind: ['species', 'unknown', 'no-plant'][i % 3] },
      candidates: [
        { id: 'a', scientificName: 'Bellis perennis L.', commonName: 'Daisy', score: 0.93 },
        { id: 'b', scientificName: 'Leucanthemum vulgare', score: 0.04 },
      ],
      photos: [{ jpeg, organ: null }],
    })
    for (let i = 0; i < count; i++) store.put(sheet(i))
    store.put({ ...sheet(count), candidates: 'none' })
    await new Promise((resolve) => {
      transaction.oncomplete = resolve
    })
    database.close()
  }, count)
}
