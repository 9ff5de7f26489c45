/** A real browser on the site's pages. Every page is watched: an error, a refused resource or a foreign request is a failure. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core'
import { expect, inject } from 'vitest'
import { CHROMIUM_ARGS } from './chromium.ts'
import { atEnd } from './lifetime.ts'

/** Whoever waits for a fact waits as long as it takes. */
const PATIENCE_MS = 60_000

/** `args`: Chromium's, beside those of every test. */
export async function openBrowser(args: readonly string[] = []): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: inject('chromium'),
    args: [...CHROMIUM_ARGS, ...args],
  })
  atEnd(() => browser.close())
  return browser
}

/** A visitor with nothing kept yet, until the test ends; a file's tests share the browser. */
export async function openContext(
  browser: Browser,
  options?: BrowserContextOptions,
): Promise<BrowserContext> {
  const context = await browser.newContext(options)
  atEnd(() => context.close())
  return context
}

export type WatchedPage = Page & { faults: string[] }

/** A page of `context` that notes every uncaught error, CSP violation and request to another host. */
export async function openPage(
  context: BrowserContext,
  site: { url: string },
  path: string,
): Promise<WatchedPage> {
  const page = (await context.newPage()) as WatchedPage
  page.setDefaultTimeout(PATIENCE_MS)
  page.faults = []
  page.on('pageerror', (error) => page.faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) page.faults.push(message.text())
  })
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== site.url)
      page.faults.push(`foreign request: ${request.url()}`)
  })
  await page.goto(site.url + path)
  return page
}

export function expectNoFaults(page: WatchedPage): void {
  expect(page.faults).toEqual([])
}

/** /identify with a model that it has opened. */
export async function untilAtWork(page: WatchedPage): Promise<void> {
  await page.getByText(/This model knows/).waitFor()
}

/** A tab that contributes. */
export async function openContributor(browser: Browser, site: { url: string }): Promise<WatchedPage> {
  const page = await openPage(await openContext(browser), site, '/contribute')
  await page.getByRole('button', { name: 'Start contributing' }).click()
  return page
}
