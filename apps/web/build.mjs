/**
 * Builds the pages into `out`, a folder that any web server can serve. The build's id is a hash of everything the pages
 * are made of: the same sources have the same id on every machine, and `out/build.json`, written last, says which
 * sources an export is of. So an interrupted build is never taken for a finished one.
 *
 * `node build.mjs` builds; `node build.mjs --if-stale` only if the sources have changed since.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { copyAssets } from './build/assets.mjs'
import { exportPages } from './build/export.mjs'
import { sealPages } from './build/policy.mjs'
import { writeServiceWorker } from './build/service-worker.mjs'
import { buildOfSources } from './build/sources.mjs'
import { inTurn } from './build/turn.mjs'

const web = fileURLToPath(new URL('.', import.meta.url))
const out = `${web}out`

/** Whether `out` is the export of the sources as they are now. */
export function webIsCurrent() {
  try {
    return JSON.parse(readFileSync(`${out}/build.json`, 'utf8')).build === buildOfSources(web)
  } catch {
    return false
  }
}

/**
 * @param {{ onProgress?: (text: string) => void }} options
 * @returns {Promise<{ build: string, folder: string }>}
 */
export async function buildWeb({ onProgress = () => {} } = {}) {
  const build = buildOfSources(web)
  rmSync(out, { recursive: true, force: true })
  copyAssets(web)
  onProgress('Building the pages (about half a minute, only after a change) ...')
  await exportPages(web, build)
  sealPages(out)
  const { files, bytes } = writeServiceWorker(web, build)
  writeFileSync(`${out}/build.json`, `${JSON.stringify({ build })}\n`)
  onProgress(`Built the pages: ${build}, ${files} files, ${(bytes / 1e6).toFixed(1)} MB.`)
  return { build, folder: out }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await inTurn(web, async () => {
      if (process.argv.includes('--if-stale') && webIsCurrent()) return
      await buildWeb({ onProgress: (text) => console.error(text) })
    })
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
