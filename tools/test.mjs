/**
 * `npm test`: every test there is, in one runner; `npm test -- FILTER` runs some. The last line counts what the runner
 * itself reported, and a run without a report has failed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

register()
const { ensureChromium } = await import('../e2e/chromium.ts')

const root = fileURLToPath(new URL('..', import.meta.url))
const report = `${root}reports/vitest.json`
rmSync(report, { force: true })
const memory = folderInMemory()

const { status } = spawnSync(
  'npx',
  [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...softwareVulkan(ensureChromium()),
      ...(memory === null ? {} : { TMPDIR: memory }),
    },
  },
)
if (memory !== null) rmSync(memory, { recursive: true, force: true })
const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = JSON.parse(
  readFileSync(report, 'utf8'),
)
// A file that could not be loaded is a failure although none of its tests ran.
const failed = numFailedTests === 0 && status !== 0 ? Math.max(1, numFailedTestSuites) : numFailedTests
console.log(
  `${numPassedTests} passed, ${failed} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`,
)
process.exit(status ?? 1)

/**
 * The data folders of hundreds of sites come and go, of 400 files each: in memory, where there is room, they wait for no disk. What
 * a killed process leaves behind is the same there. null: no such place, or another was asked for.
 */
function folderInMemory() {
  if (process.env.TMPDIR !== undefined || !existsSync('/dev/shm')) return null
  const { bavail, bsize } = statfsSync('/dev/shm')
  return bavail * bsize < 4e9 ? null : mkdtempSync('/dev/shm/worldflora-test-')
}

/**
 * Chromium brings a software Vulkan (SwiftShader); with it the tests of the WebGPU backend run on machines without a GPU.
 * The loader reads these variables at a process's start, so they cannot be set later.
 */
function softwareVulkan(chromium) {
  const folders = [dirname(realpathSync(chromium)), '/usr/lib/chromium']
  const folder = folders.find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')))
  if (folder === undefined) return {}
  return { VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'), LD_LIBRARY_PATH: folder }
}
