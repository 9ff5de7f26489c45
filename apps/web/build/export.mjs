/** Runs `next build`. Its words are shown only if it fails. */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'

const next = createRequire(import.meta.url).resolve('next/dist/bin/next')

/**
 * @param {string} web the folder of apps/web
 * @param {string} build
 */
export async function exportPages(web, build) {
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: web,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', NEXT_PUBLIC_BUILD: build },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let words = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      words += bytes
    })
  }
  const code = await new Promise((ended, failed) => child.once('close', ended).once('error', failed))
  if (code !== 0) throw new Error(`${words}\nnext build failed (exit code ${code}).`)
}
