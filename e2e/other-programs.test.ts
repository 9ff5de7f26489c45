/** Programs that were written for Pl@ntNet, unmodified; and that the site names plants as its own page does. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MadeApiKey } from '@worldflora/protocol/api-keys'
import type { Status } from '@worldflora/protocol/status'
import { build } from 'esbuild'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectNoFaults, openBrowser, openPage } from './browser.ts'
import { name } from './identify-page.ts'
import { bringHerbarium, call, openRun, untilMeasured } from './operator.ts'
import { type Site, startCoordinator, temporaryFolder, worldflora } from './processes.ts'
import { heldBackPhotos } from './published-site.ts'

const run = {
  name: 'programs',
  flora: 'small',
  seed: 3,
  architecture: { name: 'small-cnn', width: 1, imageSize: 48 },
  samplesPerTask: 16,
  tasksPerStep: 1,
  epochs: 6,
  optimizer: { name: 'sgd', learningRate: 0.05 },
}

/** A page of another site with the component on it, as its README says; bundled, for it is an npm package. */
async function openGardenSite(): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: "import 'ai-taxonomist'", resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    format: 'esm',
    write: false,
  })
  const script = outputFiles[0]!.text
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://garden')
    if (pathname === '/component.js') {
      response.setHeader('content-type', 'text/javascript')
      return response.end(script)
    }
    response.setHeader('content-type', 'text/html; charset=utf-8')
    const [api, key] = [searchParams.get('api'), searchParams.get('key')]
    response.end(
      `<!doctype html><script src="/component.js" type="module"></script><ai-taxonomist apiUrl="${api}" apiKey="${key}"></ai-taxonomist>`,
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function bringFlora(site: Site) {
  const herbarium = await bringHerbarium(site, run.flora, { species: 6 })
  return { manifest: herbarium.manifest, photos: heldBackPhotos(herbarium) }
}

describe('PN1: ai-taxonomist, unmodified', () => {
  it('AK1: names a plant on another site’s page, with a key that was made on the dashboard', async () => {
    const site = await startCoordinator(temporaryFolder())
    const { manifest, photos } = await bringFlora(site)
    const id = await openRun(site, run)
    await call(site, 'POST', `/api/runs/${id}/publish`)
    const garden = await openGardenSite()
    const browser = await openBrowser()

    const { path } = await call<{ path: string }>(site, 'POST', '/api/operator-links')
    const dashboard = await openPage(await browser.newContext(), site, path)
    await dashboard.getByLabel('Name of the program').fill('garden')
    await dashboard.getByLabel('Only for pages of').fill(garden)
    await dashboard.getByRole('button', { name: 'Make a key' }).click()
    const key = await dashboard.getByTestId('made-key').textContent()
    await dashboard.getByTestId('api-key').getByText('0 of 500 today').waitFor()

    const page = await browser.newPage()
    const component = (of: string, secret: string | null) =>
      `${of}/?api=${encodeURIComponent(`${site.url}/v2/identify/all`)}&key=${secret}`
    const files = photos.slice(0, 2).map(({ jpeg }, i) => ({
      name: `photo ${i}.jpg`,
      mimeType: 'image/jpeg',
      buffer: Buffer.from(jpeg),
    }))
    await page.goto(component(garden, key))
    await page.locator('input#fileUpload').setInputFiles(files)
    await page.locator('li.result').nth(5).waitFor()
    const names = await page.locator('li.result .speciesName').allTextContents()
    const known = manifest.species.map(({ scientificName }) => scientificName)
    expect(names.map((name) => name.trim()).sort()).toEqual(known.sort())
    const shown = page.locator('li.result img')
    expect(await shown.count()).toBeGreaterThanOrEqual(6)
    await expect
      .poll(() =>
        shown.evaluateAll((images) => images.every((image) => (image as HTMLImageElement).naturalWidth > 0)),
      )
      .toBe(true)

    // The key is of that page's origin: another's is told no.
    const elsewhere = await openGardenSite()
    await page.goto(component(elsewhere, key))
    await page.locator('input#fileUpload').setInputFiles(files)
    await page.getByText('Error: Forbidden').waitFor()

    await dashboard.getByRole('button', { name: 'Revoke “garden” …' }).click()
    await dashboard.getByRole('button', { name: 'Revoke “garden”', exact: true }).click()
    await dashboard.getByText('is good for nothing any more').waitFor()
    await page.goto(component(garden, key))
    await page.locator('input#fileUpload').setInputFiles(files)
    await page.getByText('Error: Forbidden').waitFor()
    expectNoFaults(dashboard)
  })
})

const SHARED = fileURLToPath(new URL('../../shared/data', import.meta.url))
const isThere = existsSync(SHARED)
const COUNT = 100

/** Every so many-th photo of all that there are. */
function realPhotos(): Buffer[] {
  const paths = readdirSync(SHARED, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.jpe?g$/i.test(path))
    .sort()
  return Array.from({ length: COUNT }, (_, n) =>
    readFileSync(join(SHARED, paths[Math.floor((n * paths.length) / COUNT)]!)),
  )
}

describe('PN1: the page and the site', () => {
  it.skipIf(!isThere)(
    `give the same ranking and scores on ${COUNT} photos${isThere ? '' : ' (skipped: no shared/data beside the repository)'}`,
    async () => {
      const site = await startCoordinator(temporaryFolder())
      await bringFlora(site)
      const id = await openRun(site, run)
      worldflora(['work', '--url', site.url])
      await untilMeasured(site, id)
      await call(site, 'POST', `/api/runs/${id}/publish`)
      // Its scores are others from then on, in a page that is loaded later as well.
      const isCalibrated = async () => (await call<Status>(site, 'GET', '/api/status')).model?.isCalibrated
      await expect.poll(isCalibrated, { timeout: 120_000 }).toBe(true)
      const wish = { name: 'comparison', dailyQuota: COUNT }
      const { key } = await call<MadeApiKey>(site, 'POST', '/api/keys', wish)
      const page = await openPage(await (await openBrowser()).newContext(), site, '/identify')

      let farthest = 0
      let spread = 0
      for (const [i, photo] of realPhotos().entries()) {
        await name(page, photo, i + 1)
        const tab = await page
          .getByTestId('candidate')
          .evaluateAll((rows) =>
            rows.map(({ dataset }) => [dataset.species!, Number(dataset.score)] as const),
          )
        const form = new FormData()
        form.append('images', new Blob([new Uint8Array(photo)]), 'plant.jpg')
        const response = await fetch(
          `${site.url}/v2/identify/all?nb-results=5&no-reject=true&api-key=${key}`,
          {
            method: 'POST',
            body: form,
          },
        )
        const { results } = (await response.json()) as {
          results: { score: number; species: { scientificNameWithoutAuthor: string } }[]
        }
        const names = new Map(
          (
            await call<{ species: { id: string; scientificName: string }[] }>(site, 'GET', '/api/model')
          ).species.map((one) => [one.id, one.scientificName]),
        )
        expect(results.map(({ species }) => species.scientificNameWithoutAuthor)).toEqual(
          tab.map(([species]) => names.get(species)),
        )
        for (const [n, [, score]] of tab.entries()) {
          farthest = Math.max(farthest, Math.abs(score - results[n]!.score))
        }
        spread = Math.max(spread, tab[0]![1] - tab[4]![1])
        await page.getByRole('button', { name: 'Another plant' }).click()
      }
      // Not a model that finds everything equally likely, of which this would say nothing.
      expect(spread).toBeGreaterThan(0.5)
      expect(farthest).toBeLessThan(0.01)
      console.log(
        `the farthest scores of page and site on ${COUNT} photos differ by ${farthest.toExponential(1)}`,
      )
    },
  )
})
