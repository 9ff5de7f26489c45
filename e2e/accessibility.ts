/** What axe-core finds on a page, in light and dark, and whether it fits a phone. */
import AxeBuilder from '@axe-core/playwright'
import { expect } from 'vitest'
import type { WatchedPage } from './browser.ts'

export const PHONE = { width: 360, height: 740 }

export async function expectAccessible(page: WatchedPage): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page: page as never }).analyze()
    const found = violations.map(({ id, nodes }) => `${page.url()} ${colorScheme} ${id}: ${nodes[0]?.html}`)
    expect(found).toEqual([])
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width)
}
