/** /identify as its visitors use it: the camera on the page, and photos that are turned and cut. */
import type { Browser, BrowserContext, Locator } from 'playwright-core'
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
import { untilNamed } from './identify-page.ts'
import { shareAmongTests } from './lifetime.ts'
import { startPublishedSite } from './published-site.ts'

/** Chromium's own test picture, as a camera. */
const FAKE_CAMERA = ['--use-fake-device-for-media-stream']
const MOST_SCRIPT_BYTES = 200_000

let site: Awaited<ReturnType<typeof startPublishedSite>>
let browser: Browser
beforeAll(() =>
  shareAmongTests(async () => {
    site = await startPublishedSite()
    browser = await openBrowser(FAKE_CAMERA)
  }),
)

/** What getUserMedia gave to the page, so that it can be seen to be switched off. */
declare global {
  interface Window {
    cameraTracks: MediaStreamTrack[]
  }
}

async function watchCamera(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.cameraTracks = []
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted)
      window.cameraTracks.push(...stream.getTracks())
      return stream
    }
  })
}

function cameraStates(page: WatchedPage): Promise<string[]> {
  return page.evaluate(() => window.cameraTracks.map(({ readyState }) => readyState))
}

/** By the Tab key alone. */
async function tabTo(page: WatchedPage, control: Locator): Promise<void> {
  const isThere = () => control.evaluate((element) => element === document.activeElement)
  for (let presses = 0; presses < 40 && !(await isThere()); presses++) await page.keyboard.press('Tab')
  expect(await isThere()).toBe(true)
}

/** 120 × 80, its quarters red, green, blue and yellow in reading order. */
async function chooseQuarters(page: WatchedPage): Promise<void> {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 120
    canvas.height = 80
    const context = canvas.getContext('2d')!
    for (const [i, color] of ['red', 'lime', 'blue', 'yellow'].entries()) {
      context.fillStyle = color
      context.fillRect((i % 2) * 60, Math.floor(i / 2) * 40, 60, 40)
    }
    return canvas.toDataURL('image/jpeg', 0.95)
  })
  const buffer = Buffer.from(url.split(',')[1]!, 'base64')
  await page
    .getByTestId('photo-input')
    .setInputFiles({ name: 'quarters.jpeg', mimeType: 'image/jpeg', buffer })
}

type Seen = { width: number; height: number; corners: string[] }

/** The card's picture: its size, and the names of the colours in its corners in reading order. */
function seen(page: WatchedPage): Promise<Seen> {
  return page.getByRole('img', { name: /^Yours: / }).evaluate(async (element) => {
    const image = element as HTMLImageElement
    await image.decode()
    const { naturalWidth: width, naturalHeight: height } = image
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    const context = canvas.getContext('2d')!
    context.drawImage(image, 0, 0)
    const nameAt = (x: number, y: number) => {
      const [red, green, blue] = context.getImageData(x, y, 1, 1).data
      if (blue! > 128) return 'blue'
      if (red! > 128) return green! > 128 ? 'yellow' : 'red'
      return 'green'
    }
    const [right, bottom] = [width - 3, height - 3]
    return {
      width,
      height,
      corners: [nameAt(2, 2), nameAt(right, 2), nameAt(2, bottom), nameAt(right, bottom)],
    }
  })
}

const UPRIGHT = { width: 120, height: 80, corners: ['red', 'green', 'blue', 'yellow'] }

describe('the camera on the page', () => {
  it('shows what it sees, takes a photo that is named, and is off as soon as its dialog has gone', async () => {
    const context = await openContext(browser, { viewport: PHONE, permissions: ['camera'] })
    await watchCamera(context)
    const page = await openPage(context, site, '/identify')
    await untilAtWork(page)
    await page.getByRole('button', { name: 'Take a photo', exact: true }).click()
    const dialog = page.getByRole('dialog', { name: 'Take a photo' })
    const shoot = dialog.getByRole('button', { name: 'Take the photo', disabled: false })
    await shoot.waitFor()
    expect(await cameraStates(page)).toEqual(['live'])
    await expectAccessible(page)
    await shoot.click()
    await untilNamed(page, 1)
    expect(await dialog.count()).toBe(0)
    expect(await cameraStates(page)).toEqual(['ended'])
    const { width, height } = await seen(page)
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(240)

    const another = page.getByRole('button', { name: 'Take another' })
    await another.click()
    await shoot.waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
    expect(await cameraStates(page)).toEqual(['ended', 'ended'])
    expect(await another.evaluate((element) => element === document.activeElement)).toBe(true)
    expectNoFaults(page)
  })

  it('that is not allowed is said, with what to do, and a file can be chosen instead', async () => {
    // Where a context is granted something else, Chromium refuses the camera as if somebody had said no.
    const context = await openContext(browser, { viewport: PHONE, permissions: ['geolocation'] })
    const page = await openPage(context, site, '/identify')
    await untilAtWork(page)
    await page.getByRole('button', { name: 'Take a photo', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('alert', { name: 'The camera is not allowed here' }).waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await dialog.getByRole('alert').getByText('Allow it for this page').waitFor()
    const buffer = Buffer.from(site.photos[0]!.jpeg)
    await dialog
      .getByLabel('Choose photos instead')
      .setInputFiles({ name: 'held-back.jpg', mimeType: 'image/jpeg', buffer })
    await untilNamed(page, 1)
    expect(await dialog.count()).toBe(0)
    expectNoFaults(page)
  })

  it('is left to the device’s own app where a finger points', async () => {
    const context = await openContext(browser, { viewport: PHONE, isMobile: true, hasTouch: true })
    const page = await openPage(context, site, '/identify')
    await untilAtWork(page)
    await page.getByText('Take a photo').waitFor()
    expect(await page.locator('button').getByText('Take a photo').count()).toBe(0)
    expect(await page.getByLabel('Take a photo').getAttribute('capture')).toBe('environment')
  })
})

describe('the editor', () => {
  it('turns a photo and cuts it by pointer; the plant is named again, and its original is kept', async () => {
    const page = await openPage(await openContext(browser, { viewport: PHONE }), site, '/identify')
    await untilAtWork(page)
    const edit = page.getByRole('button', { name: 'Edit photo 1' })
    const dialog = page.getByRole('dialog')
    const done = dialog.getByRole('button', { name: 'Done' })
    await chooseQuarters(page)
    await untilNamed(page, 1)
    expect(await seen(page)).toEqual(UPRIGHT)

    await edit.click()
    await dialog.getByRole('button', { name: 'Turn right' }).click()
    await expectAccessible(page)
    await done.click()
    await untilNamed(page, 2)
    expect(await seen(page)).toEqual({ width: 80, height: 120, corners: ['blue', 'red', 'yellow', 'green'] })

    // The lower half alone, of what was turned before.
    await edit.click()
    const box = (await dialog.locator('canvas').boundingBox())!
    const top = (await dialog.getByRole('button', { name: 'Top left corner' }).boundingBox())!
    await page.mouse.move(top.x + top.width / 2, top.y + top.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + 1, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    await expect.poll(() => dialog.getByTestId('frame-words').textContent()).toContain('5')
    await done.click()
    await untilNamed(page, 3)
    const lower = await seen(page)
    expect(lower.corners).toEqual(['yellow', 'green', 'yellow', 'green'])
    expect(lower.width).toBeGreaterThan(76)
    expect(Math.abs(lower.height - 60)).toBeLessThan(4)

    await edit.click()
    await dialog.getByRole('button', { name: 'Reset' }).click()
    await page.keyboard.press('Escape')
    await expect.poll(() => dialog.count()).toBe(0)
    expect(await seen(page)).toEqual(lower)
    await edit.click()
    await dialog.getByRole('button', { name: 'Reset' }).click()
    await done.click()
    await untilNamed(page, 4)
    expect(await seen(page)).toEqual(UPRIGHT)
    expectNoFaults(page)
  })

  it('does all of it by keyboard, and says what the frame holds', async () => {
    const page = await openPage(await openContext(browser), site, '/identify')
    await untilAtWork(page)
    await chooseQuarters(page)
    await untilNamed(page, 1)
    const edit = page.getByRole('button', { name: 'Edit photo 1' })
    const dialog = page.getByRole('dialog', { name: 'Edit photo 1' })
    const words = dialog.getByTestId('frame-words')
    await tabTo(page, edit)
    await page.keyboard.press('Enter')
    await words.getByText('The whole photo is used.').waitFor()

    // From the right to the middle: the left half is what stays.
    await tabTo(page, dialog.getByRole('button', { name: 'Right edge' }))
    const { width } = (await dialog.locator('canvas').boundingBox())!
    for (let steps = Math.round(width / 20); steps > 0; steps--) await page.keyboard.press('Shift+ArrowLeft')
    expect(await words.textContent()).toMatch(
      /^ ?Used: (49|50|51).% of the width and 100.% of the height, from 0.%/,
    )
    await tabTo(page, dialog.getByRole('button', { name: 'Done' }))
    await page.keyboard.press('Enter')
    await untilNamed(page, 2)
    const left = await seen(page)
    expect(left.corners).toEqual(['red', 'red', 'blue', 'blue'])
    expect([left.height, Math.abs(left.width - 60) < 3]).toEqual([80, true])
    expect(await edit.evaluate((element) => element === document.activeElement)).toBe(true)

    // The frame itself moves, as far as the photo goes.
    await page.keyboard.press('Enter')
    await tabTo(page, dialog.getByRole('group', { name: 'Frame' }))
    for (let moved = 0; moved < width; moved += 100) await page.keyboard.press('Control+ArrowRight')
    await tabTo(page, dialog.getByRole('button', { name: 'Turn left' }))
    await page.keyboard.press('Space')
    await words.getByText('Turned right by 270 degrees.').waitFor()
    await tabTo(page, dialog.getByRole('button', { name: 'Done' }))
    await page.keyboard.press('Enter')
    await untilNamed(page, 3)
    expect((await seen(page)).corners).toEqual(['green', 'yellow', 'green', 'yellow'])
    expectNoFaults(page)
  })
})

it('less than 200 KB of compressed script come before the model', async () => {
  const page = await openPage(await openContext(browser), site, '/identify')
  await untilAtWork(page)
  await page.getByRole('main').waitFor()
  const bytes = await page.evaluate(() => {
    const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    return resources
      .filter(({ initiatorType, name }) => initiatorType === 'script' || name.endsWith('.js'))
      .map(({ encodedBodySize }) => encodedBodySize)
  })
  expect(bytes.length).toBeGreaterThan(2)
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_SCRIPT_BYTES)
})
