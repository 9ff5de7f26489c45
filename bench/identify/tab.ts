/** /identify in a real Chromium, as somebody uses it who has nothing of it on their device. */
import { chromium } from 'playwright-core'
import { CHROMIUM_ARGS, ensureChromium } from '../../e2e/chromium.ts'

/** Noted by the page itself, so that nothing but the page is timed. Milliseconds since it was asked for. */
type Notes = typeof globalThis & { chosenAtMs: number; whenNamed(nth: number): Promise<number> }

export type Tab = {
  /** Milliseconds from the page's address to the first name, the photo being chosen as soon as there is something to choose it with. */
  firstName(photo: Buffer): Promise<number>
  /** One plant after the other, each of one photo: from its choice to its name. */
  name(photos: readonly Buffer[], seconds: number): Promise<{ ms: number[]; perSecond: number }>
  close(): Promise<void>
}

export async function openTab(url: string): Promise<Tab> {
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: CHROMIUM_ARGS })
  const page = await (await browser.newContext()).newPage()
  await page.addInitScript(noteTimes)
  let named = 0

  /** Answers as soon as the page shows a name. */
  async function nameOne(photo: Buffer): Promise<number> {
    const file = { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: photo }
    await page.getByTestId('photo-input').setInputFiles(file)
    return page.evaluate((nth) => (globalThis as Notes).whenNamed(nth), ++named)
  }

  return {
    async firstName(photo) {
      await page.goto(`${url}/identify`)
      return nameOne(photo)
    },
    async name(photos, seconds) {
      const ms: number[] = []
      const endsMs = performance.now() + 1000 * seconds
      for (let nth = 0; performance.now() < endsMs || nth < photos.length; nth++) {
        await page.getByRole('button', { name: 'Another plant' }).click()
        // Nobody has the next photo at hand before the page has come to rest.
        await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })))
        const namedAtMs = await nameOne(photos[nth % photos.length]!)
        ms.push(namedAtMs - (await page.evaluate(() => (globalThis as Notes).chosenAtMs)))
      }
      return { ms, perSecond: (1000 * ms.length) / ms.reduce((sum, own) => sum + own, 0) }
    },
    close: () => browser.close(),
  }
}

function noteTimes(): void {
  const notes = globalThis as Notes
  const namedAtMs: number[] = []
  const waiting: (() => void)[] = []
  // Nothing is asked again and again meanwhile: that would have the page drawn all the time.
  notes.whenNamed = async (nth) => {
    while (namedAtMs[nth] === undefined) await new Promise<void>((resolve) => waiting.push(resolve))
    return namedAtMs[nth]
  }
  addEventListener(
    'change',
    () => {
      notes.chosenAtMs = performance.now()
    },
    { capture: true },
  )
  new MutationObserver(() => {
    const nth = document.querySelector<HTMLElement>('[data-answer]')?.dataset.answer
    if (nth === undefined) return
    namedAtMs[Number(nth)] ??= performance.now()
    for (const resolve of waiting.splice(0)) resolve()
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-answer'] })
}
