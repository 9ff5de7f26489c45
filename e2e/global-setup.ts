/** Once before all browser tests: the pages are built, a Chromium is there, and a place for what several files need. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { ensureChromium } from './chromium.ts'

export default function setup(project: TestProject): () => void {
  const script = fileURLToPath(new URL('../apps/web/build.mjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [script, '--if-stale'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw new Error(`the pages could not be built (exit code ${status})`)
  project.provide('chromium', ensureChromium())
  const herbaria = mkdtempSync(join(tmpdir(), 'worldflora-herbaria-'))
  project.provide('herbaria', herbaria)
  return () => rmSync(herbaria, { recursive: true })
}

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: string
    /** A folder, for as long as the tests run: what one file has drawn, the others find there. */
    herbaria: string
  }
}
