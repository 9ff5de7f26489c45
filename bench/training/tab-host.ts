/** A stand in a dedicated worker of a tab in a real Chromium, bundled as the pages are and served from this process. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { AssetName } from '@worldflora/model/backend'
import { nodeAssets } from '@worldflora/model/node-assets'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright-core'
import { CHROMIUM_ARGS, ensureChromium } from '../../e2e/chromium.ts'
import type { Host } from './hosts.ts'
import type { StandOrder } from './network-stand.ts'

const VULKAN = [
  '--use-angle=vulkan',
  '--enable-features=Vulkan',
  '--disable-vulkan-surface',
  '--ignore-gpu-blocklist',
]

/** What the page gives to this process. */
type Tab = typeof globalThis & { ask(message: unknown): Promise<unknown> }

export async function openInTab(order: StandOrder): Promise<Host> {
  const server = await serve(await bundled())
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({
    executablePath: ensureChromium(),
    args: [...CHROMIUM_ARGS, ...argsFor(order)],
  })
  const close = async () => {
    await browser.close()
    server.close()
  }
  try {
    const page = await browser.newPage()
    await page.goto(`http://localhost:${port}/`)
    const adapter = (await ask(page, order)) as string | null
    return {
      adapter,
      measure: async (direction, seconds) => (await ask(page, { direction, seconds })) as number,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Without a screen Chromium looks for a GPU on Linux only if it is told to draw by Vulkan. */
function argsFor({ backend, software }: StandOrder): string[] {
  if (backend !== 'webgpu') return []
  return software === 'allowed' ? ['--enable-unsafe-webgpu'] : ['--enable-unsafe-webgpu', ...VULKAN]
}

function ask(page: Page, message: unknown): Promise<unknown> {
  return page.evaluate((message) => (globalThis as Tab).ask(message), message)
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('tab-worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}

const PAGE = `<!doctype html><title>training</title><script type="module">
const worker = new Worker('/worker.js', { type: 'module' })
globalThis.ask = (message) =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data.answer))
    worker.onerror = (event) => reject(new Error(event.message))
    worker.postMessage(message)
  })
</script>`

/** The page, its worker, and the binaries that this asks for. */
async function serve(worker: string): Promise<Server> {
  const server = createServer(async ({ url }, response) => {
    const path = url ?? '/'
    const asset = path.startsWith('/assets/') ? (path.slice('/assets/'.length) as AssetName) : null
    if (path === '/') response.setHeader('content-type', 'text/html').end(PAGE)
    else if (path === '/worker.js') response.setHeader('content-type', 'text/javascript').end(worker)
    else if (asset !== null) response.end(await nodeAssets.load(asset))
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
