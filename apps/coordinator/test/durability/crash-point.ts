/** Where a coordinator dies, and a real process that does. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { apiOf, type SiteApi } from '../running-site.ts'
import type { Call } from './tapped-adapters.ts'

/** At the `count`th such call (of those with a blob of `bytes`, if that is given). */
export type CrashPoint = Pick<Call, 'port' | 'method' | 'moment'> & { count: number; bytes?: number }

export type DyingSite = SiteApi & { pid: number; gone: Promise<void> }

const TYPESCRIPT = new URL('../../../../tools/typescript.mjs', import.meta.url).href
const ENTRY = fileURLToPath(new URL('./dying-coordinator.ts', import.meta.url))

/** `point` null: it lives until it is killed. */
export async function startDying(data: string, point: CrashPoint | null): Promise<DyingSite> {
  const child = fork(ENTRY, [data, JSON.stringify(point ?? {})], {
    execArgv: ['--import', TYPESCRIPT],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await gone
  })
  const { url, token } = await new Promise<{ url: string; token: string }>((ready, fail) => {
    child.once('message', ready)
    gone.then(() => fail(new Error('the coordinator ended before it was ready')))
  })
  return { ...apiOf(url, token), pid: child.pid!, gone }
}
