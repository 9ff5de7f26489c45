/** The pages' export, built when their sources have changed since. The build is a process of its own. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { reject } from '@worldflora/protocol/rejection'
import { Refused } from './report.ts'

/** Returns the folder of the export. Progress goes to stderr. */
export async function ensureWebBuild(): Promise<string> {
  const script = import.meta.resolve('@worldflora/web/build')
  const child = spawn(process.execPath, [fileURLToPath(script), '--if-stale'], { stdio: ['ignore', 2, 2] })
  const code = await new Promise((ended) => child.once('exit', ended))
  if (code !== 0) {
    throw new Refused(
      reject(
        'build-failed',
        `The pages could not be built (exit code ${code}).`,
        'The reason stands above; run npm ci and try again.',
      ),
    )
  }
  return fileURLToPath(new URL('./out', script))
}
