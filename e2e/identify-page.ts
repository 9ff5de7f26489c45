/** /identify as its visitors use it: photos in, a name out. */
import type { WatchedPage } from './browser.ts'

/** Waits for the answer that was given as the `nth` since the page was loaded. */
export async function untilNamed(page: WatchedPage, nth: number): Promise<void> {
  await page
    .getByTestId('answer')
    .and(page.locator(`[data-answer="${nth}"]`))
    .waitFor()
}

/** Chooses the photo and waits for the `nth` answer since the page was loaded. */
export async function name(page: WatchedPage, jpeg: Uint8Array, nth: number): Promise<void> {
  const file = { name: 'plant.jpg', mimeType: 'image/jpeg', buffer: Buffer.from(jpeg) }
  await page.getByTestId('photo-input').setInputFiles(file)
  await untilNamed(page, nth)
}

/** The ids of the species that the answer names, best first. */
export function speciesNamed(page: WatchedPage): Promise<string[]> {
  return page
    .getByTestId('candidate')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.species!))
}
