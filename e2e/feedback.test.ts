/** A visitor says what a plant was and gives photos of it; the operator looks, accepts and rejects; what is accepted is a flora. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Submission, SubmissionList } from '@worldflora/protocol/submissions'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { expectAccessible, PHONE } from './accessibility.ts'
import { expectNoFaults, openBrowser, openPage, untilAtWork, type WatchedPage } from './browser.ts'
import { untilNamed } from './identify-page.ts'
import { call } from './operator.ts'
import { temporaryFolder, worldflora } from './processes.ts'
import { SMALL_RUN, startPublishedSite } from './published-site.ts'

const SECRETS = ['Exif', 'Phonemaker', 'secret words', 'taken at home']

/** As a phone writes it, larger than what is given, with where and by what it was taken. */
async function fromPhone(jpeg: Uint8Array): Promise<Buffer> {
  const large = await sharp(jpeg)
    .resize(2000, 1500, { fit: 'fill' })
    .withExif({
      IFD0: { Make: 'Phonemaker', Copyright: 'secret words' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '48/1 51/1 30/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '2/1 17/1 40/1',
      },
    })
    .jpeg()
    .toBuffer()
  const comment = Buffer.from('taken at home', 'latin1')
  return Buffer.concat([
    large.subarray(0, 2),
    Buffer.from([0xff, 0xfe, 0, comment.length + 2]),
    comment,
    large.subarray(2),
  ])
}

describe('photos that are given', () => {
  it('FB1, FB2, FB3, FB5, FB6, PR1: said, kept, sent by the button alone, bare of what the camera wrote; accepted, rejected, exported, imported', async () => {
    const data = temporaryFolder()
    const site = await startPublishedSite(SMALL_RUN, data)
    const browser = await openBrowser()
    const context = await browser.newContext({ viewport: PHONE })
    const page = await openPage(context, site, '/identify')
    await untilAtWork(page)
    const button = (name: string | RegExp) =>
      page.getByRole('button', { name, exact: typeof name === 'string' })
    const feedback = page.getByTestId('feedback')
    const said = page.getByTestId('said')
    const phone = await fromPhone(site.photos[0]!.jpeg)
    for (const secret of SECRETS) expect(phone.includes(secret)).toBe(true)
    await name(page, [phone, Buffer.from(site.photos[1]!.jpeg)])

    const sent: string[] = []
    const note = (request: { url(): string; method(): string }) => {
      if (request.url().startsWith('http'))
        sent.push(`${request.method()} ${new URL(request.url()).pathname}`)
    }
    // The answer's sheet is written once the page is at rest, and the first one fetches what makes thumbnails.
    await page.getByTestId('sheet').waitFor()
    await page.getByTestId('offline-ready').waitFor()
    page.on('request', note)

    // By one press, by search and keyboard, none of these; each takes the place of the one before.
    await feedback.getByRole('button', { name: 'It was this:' }).nth(1).click()
    const second = await page.getByTestId('candidate').nth(1).getAttribute('data-species')
    await keptSaid(page, (await nameOf(site, second!)).split(' ')[0]!)
    await button('None of these').click()
    await said.getByText('none of these').waitFor()
    const [other] = site.manifest.species.filter(({ id }) => id !== second)
    const field = page.getByRole('combobox', { name: 'Another species of this flora' })
    await field.fill('no such plant')
    await page.getByText(/has no species of that name/).waitFor()
    await field.fill(other!.scientificName.toUpperCase())
    await feedback.locator('[role=option]').first().waitFor()
    await expectAccessible(page)
    await field.press('ArrowDown')
    await field.press('Enter')
    await said.getByText(other!.scientificName).waitFor()

    // Nothing is chosen beforehand, and nothing is sent before all of it is.
    await button(/Give these photos/).click()
    expect(await page.getByRole('checkbox', { checked: true }).count()).toBe(1) // keeps a history
    expect(await page.getByRole('radio', { checked: true }).count()).toBe(0)
    expect(await page.getByLabel('Name to be credited').inputValue()).toBe('')
    await button('Send').click()
    for (const words of [
      'Choose at least one photo.',
      'Choose a licence.',
      /Say who is to be credited/,
      /Without your agreement/,
    ])
      await page.getByText(words).waitFor()
    expect(
      await page.getByLabel('Photo 1', { exact: true }).evaluate((it) => it === document.activeElement),
    ).toBe(true)
    await expectAccessible(page)
    await page.getByLabel('All of them').check()
    await page.getByLabel('Photo 2', { exact: true }).uncheck()
    await page.getByRole('radio', { name: /CC BY-SA 4.0/ }).check()
    await page.getByLabel('Name to be credited').fill('Zoë Ångström')
    await page.getByLabel('Remember the licence and the name').check()
    await button('Send 1 photo').click()
    await page.getByLabel(/I may give these photos away/).check()
    expect(sent).toEqual([])

    // Without a network it says so, and nothing is lost.
    await context.setOffline(true)
    await button('Send 1 photo').click()
    await page.getByText('There is no network, so nothing was sent.').waitFor()
    await context.setOffline(false)
    page.off('request', note)
    expect((await listOf(site)).counts).toEqual({ waiting: 0, accepted: 0, rejected: 0 })
    await button('Send 1 photo').click()
    await page.getByText('1 photo has arrived. Thank you.').waitFor()
    await page.getByText('You sent 1 photo of this plant yourself.').waitFor()

    // The next plant: what the device was asked to remember is there, nothing else.
    await button('Another plant').click()
    await name(page, [Buffer.from(site.photos[2]!.jpeg)], 2)
    expect(await said.count()).toBe(0)
    await feedback.getByRole('button', { name: 'It was this:' }).first().click()
    await button(/Give these photos/).click()
    await expect.poll(() => page.getByLabel('Name to be credited').inputValue()).toBe('Zoë Ångström')
    await page.getByLabel('Photo 1', { exact: true }).check()
    await page.getByLabel('Name to be credited').fill('Ann')
    await page.getByLabel(/I may give these photos away/).check()
    await button('Send 1 photo').click()
    await page.getByText('1 photo has arrived. Thank you.').waitFor()

    const { submissions } = await listOf(site)
    expect(submissions.map(({ author }) => author)).toEqual(['Ann', 'Zoë Ångström'])
    const given = submissions[1]!
    expect(given).toMatchObject({
      licence: 'CC BY-SA 4.0',
      said: { id: other!.id },
      flora: 'small',
      model: site.model.id,
    })
    expect(given.photos).toMatchObject([{ width: 1600, height: 1200 }])
    const arrived = await photoOf(site, given)
    for (const secret of SECRETS) expect(arrived.includes(secret)).toBe(false)
    expect((await sharp(arrived).metadata()).exif).toBeUndefined()

    // The operator: both are no use; or, on second thoughts, the first is another species.
    const { path } = await call<{ path: string }>(site, 'POST', '/api/operator-links')
    const dashboard = await openPage(await browser.newContext({ viewport: PHONE }), site, path)
    const queue = dashboard.getByTestId('review-queue')
    const card = (author: string) => queue.locator(`[data-author="${author}"]`)
    await card('Zoë Ångström').getByText('CC BY-SA 4.0').waitFor()
    const rejectAll = queue.getByRole('button', { name: 'Reject all 2' })
    await rejectAll.press('Enter')
    const question = dashboard.getByRole('dialog', { name: /Reject these 2/ })
    await question.getByText('2 photos by Zoë Ångström and Ann').waitFor()
    await expectAccessible(dashboard)
    await dashboard.keyboard.press('Escape')
    await question.waitFor({ state: 'hidden' })
    expect((await listOf(site)).counts.waiting).toBe(2)
    await rejectAll.press('Enter')
    await question.getByRole('button', { name: 'Reject 2' }).press('Enter')
    await queue.getByText('2 submissions are rejected.').waitFor()
    await queue.getByText('Nothing waits to be looked at.').waitFor()
    expect((await listOf(site)).counts.rejected).toBe(2)
    await queue.getByRole('button', { name: 'Undo' }).press('Enter')
    await queue.getByText('2 submissions wait again.').waitFor()
    await card('Zoë Ångström').waitFor()
    await expectAccessible(dashboard)
    const right = site.manifest.species.find(({ id }) => id !== other!.id)!
    const correction = card('Zoë Ångström').getByRole('combobox', { name: 'It is another species' })
    await correction.fill(right.scientificName)
    await card('Zoë Ångström').locator('[role=option]').first().click()
    await card('Zoë Ångström')
      .getByRole('button', { name: `Accept as ${right.scientificName}` })
      .press('Enter')
    await queue.getByText(`The photos by Zoë Ångström are accepted as ${right.scientificName}.`).waitFor()
    await card('Ann').getByRole('button', { name: 'Reject' }).press('Enter')
    await queue.getByText(/The photos by Ann are rejected/).waitFor()
    await queue.getByRole('button', { name: 'Undo' }).press('Enter')
    await card('Ann').getByRole('button', { name: 'Reject' }).click()
    await queue.getByText('Nothing waits to be looked at.').waitFor()
    await queue.getByRole('button', { name: 'Rejected (1)' }).click()
    await card('Ann').waitFor()
    await queue.getByRole('button', { name: 'Accepted (1)' }).click()
    await card('Zoë Ångström').getByText('Accepted as').waitFor()
    await queue.getByText('npx worldflora export-submissions FOLDER').waitFor()
    for (const one of [page, dashboard]) expectNoFaults(one)

    // It is a flora then, with licence and author.
    const folder = join(temporaryFolder(), 'given')
    const exported = await worldflora(['export-submissions', folder, '--data', data, '--trusted', '--json'])
      .ended
    expect(JSON.parse(exported.stdout)).toEqual({ folder, photos: 1, plants: 1 })
    expect(existsSync(join(folder, 'photos', `${given.number}-1.jpg`))).toBe(true)
    const table = readFileSync(join(folder, 'labels.csv'), 'utf8')
    expect(table).toContain('CC BY-SA 4.0,Zoë Ångström,yes')
    const args = [
      '--format',
      'image-folder',
      '--csv',
      join(folder, 'labels.csv'),
      '--into',
      'given',
      '--json',
      '--data',
      data,
    ]
    const imported = await worldflora(['import', join(folder, 'photos'), ...args]).ended
    expect(JSON.parse(imported.stdout)).toMatchObject({ species: 1, skipped: [] })
    const again = await worldflora(['export-submissions', folder, '--data', data]).ended
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('There is something in')])
  })
})

async function name(page: WatchedPage, photos: readonly Buffer[], nth = 1): Promise<void> {
  await page
    .getByTestId('photo-input')
    .setInputFiles(photos.map((buffer, i) => ({ name: `IMG_${i}.jpg`, mimeType: 'image/jpeg', buffer })))
  await untilNamed(page, nth)
}

/** The plant's sheet has it, once it is written. */
async function keptSaid(page: WatchedPage, words: string): Promise<void> {
  await page.getByTestId('sheet').first().click()
  await page.getByTestId('kept-said').getByText(words).waitFor()
  await page.keyboard.press('Escape')
}

async function nameOf(site: { model: { species: { id: string; scientificName: string }[] } }, id: string) {
  return site.model.species.find((species) => species.id === id)!.scientificName
}

function listOf(site: { url: string; token: string }): Promise<SubmissionList> {
  return call(site, 'GET', '/api/submissions')
}

async function photoOf({ url, token }: { url: string; token: string }, { id }: Submission): Promise<Buffer> {
  const headers = { authorization: `Bearer ${token}` }
  return Buffer.from(await (await fetch(`${url}/api/submissions/${id}/photos/0`, { headers })).arrayBuffer())
}
