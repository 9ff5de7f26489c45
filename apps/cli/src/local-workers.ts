/** Worker processes on this machine. One that ends by itself is replaced, so often and no more. */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { reject } from '@worldflora/protocol/rejection'
import { Refused } from './report.ts'

const BIN = fileURLToPath(new URL('../bin/worldflora.mjs', import.meta.url))
const REPLACEMENTS = 5

export type LocalWorkers = {
  /** Rejects when workers keep ending: their last words are on stderr. */
  failed: Promise<never>
  stop(): Promise<void>
}

export function startLocalWorkers(url: string, count: number): LocalWorkers {
  const running = new Map<ChildProcess, Promise<void>>()
  let replacements = 0
  let stopping = false
  let fail: (error: Error) => void
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  failed.catch(() => {})

  function spawn() {
    const child = fork(BIN, ['work', '--url', url, '--quiet'], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      detached: true,
    })
    running.set(child, new Promise((ended) => child.once('exit', () => ended())))
    child.once('exit', (code) => {
      running.delete(child)
      if (stopping) return
      if (replacements++ < REPLACEMENTS * count) return spawn()
      fail(
        new Refused(
          reject(
            'workers-ended',
            `The local workers keep ending (exit code ${code}).`,
            'Their last words stand above.',
          ),
        ),
      )
    })
  }
  for (let i = 0; i < count; i++) spawn()

  return {
    failed,
    async stop() {
      stopping = true
      const ended = [...running.values()]
      for (const child of running.keys()) child.kill('SIGTERM')
      await Promise.all(ended)
    },
  }
}
