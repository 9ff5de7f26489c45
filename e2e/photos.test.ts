/** Photos as people have them, and files that are none: on the real page, with a model whose weights are drawn. */
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, expect, it } from 'vitest'
import {
  expectNoFaults,
  openBrowser,
  openContext,
  openPage,
  untilAtWork,
  type WatchedPage,
} from './browser.ts'
import { untilNamed } from './identify-page.ts'
import { shareAmongTests } from './lifetime.ts'
import { startPublishedSite } from './published-site.ts'

let site: Awaited<ReturnType<typeof startPublishedSite>>
let browser: Browser
let jpegs: Buffer[]

beforeAll(() =>
  shareAmongTests(async () => {
    site = await startPublishedSite()
    jpegs = site.photos.map(({ jpeg }) => Buffer.from(jpeg))
    browser = await openBrowser()
  }),
)

async function openIdentify(): Promise<WatchedPage> {
  const page = await openPage(await openContext(browser), site, '/identify')
  await untilAtWork(page)
  return page
}

const file = (buffer: Buffer, name: string, mimeType = 'image/jpeg') => ({ name, mimeType, buffer })

/** As the clipboard gives it. */
async function paste(page: WatchedPage, bytes: Buffer): Promise<void> {
  await page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([bytes], 'clipboard.jpg', { type: 'image/jpeg' }))
    dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
  }, bytes.toString('base64'))
}

it('up to five photos of a plant, chosen and pasted, each with what it shows; what is too many is said', async () => {
  const page = await openIdentify()
  const input = page.getByTestId('photo-input')
  await input.setInputFiles(jpegs.slice(0, 2).map((jpeg, i) => file(jpeg, `${i}.jpg`)))
  await untilNamed(page, 1)
  await paste(page, jpegs[2]!)
  await untilNamed(page, 2)
  const cards = page.getByRole('list', { name: 'Your photos' }).getByRole('img')
  expect(await cards.count()).toBe(3)
  for (const card of await cards.all()) {
    const { width, height } = (await card.boundingBox())!
    expect(width).toBeGreaterThan(140)
    expect(height).toBe(width)
  }

  await page.getByLabel('What photo 2 shows').selectOption({ label: 'Flower' })
  await input.setInputFiles(jpegs.slice(3, 6).map((jpeg, i) => file(jpeg, `${i + 3}.jpg`)))
  await untilNamed(page, 3)
  expect(await cards.count()).toBe(5)
  await page.getByText('One photo was left out').waitFor()
  expect(await input.count()).toBe(0)

  await page.getByRole('button', { name: 'Take away photo 1' }).click()
  await untilNamed(page, 4)
  expect(await cards.count()).toBe(4)
  expect(await page.getByLabel('What photo 1 shows').inputValue()).toBe('flower')
  expectNoFaults(page)
})

it('a photo that is chosen while the page is still on its way is named once it is there', async () => {
  const context = await openContext(browser)
  let letScriptsCome = () => {}
  const chosen = new Promise<void>((resolve) => {
    letScriptsCome = resolve
  })
  await context.route('**/*.js', async (route) => {
    await chosen
    await route.continue()
  })
  const coming = context.waitForEvent('page')
  const opening = openPage(context, site, '/identify')
  const input = (await coming).getByTestId('photo-input')
  await input.setInputFiles(file(jpegs[0]!, 'early.jpg'))
  letScriptsCome()
  const page = await opening
  await untilNamed(page, 1)
  await page.getByRole('img', { name: 'Yours: early.jpg' }).waitFor()
  expectNoFaults(page)
})

it('photos of every size are named; a file that is none gets a clear word, and the next one is named', async () => {
  const page = await openIdentify()
  const input = page.getByTestId('photo-input')
  const other = () => page.getByRole('button', { name: 'Another plant' }).click()
  let nth = 0
  const jpeg = jpegs[0]!
  const blank = sharp({ create: { width: 8000, height: 5000, channels: 3, background: '#4a7a3c' } })
  const good = [
    file(await blank.jpeg().toBuffer(), '40-megapixels.jpg'),
    file(await sharp(jpeg).png().toBuffer(), 'leaf.png', 'image/png'),
    file(await sharp(jpeg).webp().toBuffer(), 'leaf.webp', 'image/webp'),
    file(await sharp(jpeg).resize(1, 1).jpeg().toBuffer(), 'one-pixel.jpg'),
    file(jpeg, '<img src=x onerror=alert(1)>"\u202e\u0000.jpg'),
    file(jpeg, `${'../'.repeat(40)}etc/passwd`),
  ]
  for (const photo of good) {
    await input.setInputFiles(photo)
    await untilNamed(page, ++nth)
    await other()
  }

  const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'white' } })
    .png()
    .toBuffer()
  const bomb = Buffer.from(png)
  bomb.writeUInt32BE(60_000, 16)
  bomb.writeUInt32BE(60_000, 20)
  const bad = [
    [file(Buffer.from('Not a photo.'), 'note.txt', 'text/plain'), 'no picture'],
    [file(Buffer.from('Not a photo.'), 'note.jpg'), 'no picture'],
    [file(Buffer.alloc(0), 'empty.jpg'), 'no picture'],
    [file(bomb, 'bomb.png', 'image/png'), 'larger than any camera makes'],
  ] as const
  for (const [photo, words] of bad) {
    await input.setInputFiles(photo)
    const alert = page.getByRole('main').getByRole('alert')
    await alert.getByText(photo.name).waitFor()
    expect(await alert.textContent()).toContain(words)
    await input.setInputFiles(file(jpeg, 'leaf.jpg'))
    await untilNamed(page, ++nth)
    expect(await alert.textContent()).toBe('')
    await other()
  }
  expectNoFaults(page)
})
