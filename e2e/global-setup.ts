/** Once before all browser tests: the pages are built and a Chromium is there. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { ensureChromium } from './chromium.ts'

export default function setup(project: TestProject): void {
  const script = fileURLToPath(new URL('../apps/web/build.mjs', import.meta.url))
  const { status } = spawnSync(process.execPath, [script, '--if-stale'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw new Error(`the pages could not be built (exit code ${status})`)
  project.provide('chromium', ensureChromium())
}

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: string
  }
}
