/** A real Chromium: the system's, else Debian's package, else Playwright's own build. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Path of an executable Chromium; installs one if the system has none. Throws with what to do if that fails. */
export function ensureChromium(): string {
  const found = [process.env.WORLDFLORA_CHROMIUM, ...INSTALLED].find(
    (path) => path !== undefined && existsSync(path),
  )
  if (found !== undefined) return found
  if (process.getuid?.() === 0 && run('apt-get', ['--version'])) {
    console.error('No Chromium on this system: installing Debian’s package ...')
    run('apt-get', ['update', '-qq'])
    if (run('apt-get', ['install', '-y', '-qq', 'chromium']) && existsSync(INSTALLED[0]!))
      return INSTALLED[0]!
  }
  console.error('No Chromium on this system: fetching Playwright’s build ...')
  const playwright = dirname(createRequire(import.meta.url).resolve('playwright-core/package.json'))
  run(process.execPath, [join(playwright, 'cli.js'), 'install', 'chromium'])
  if (existsSync(chromium.executablePath())) return chromium.executablePath()
  throw new Error(
    'There is no Chromium for the browser tests. Install one, or set WORLDFLORA_CHROMIUM to its path.',
  )
}

function run(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
}
