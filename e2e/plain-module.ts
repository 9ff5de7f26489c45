/**
 * plain-training.ts with a tfjs of its own, bundled from its modules: the package that Node would load has no gradients, and
 * must not be mixed with the copy that the platform's code uses.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

export async function loadPlainTraining(): Promise<typeof import('./plain-training.ts')> {
  const folder = mkdtempSync(join(tmpdir(), 'worldflora-plain-'))
  const outfile = join(folder, 'plain-training.mjs')
  try {
    await build({
      entryPoints: [fileURLToPath(new URL('./plain-training.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      mainFields: ['module', 'main'],
      outfile,
      logLevel: 'error',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
    })
    return await import(/* @vite-ignore */ pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
