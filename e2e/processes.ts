/** Real processes, ended by their id: the coordinator, Node workers, and any other command. */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { copyEmptyDatabase } from '../apps/coordinator/test/empty-database.ts'
import { atEnd } from './lifetime.ts'

const WORLDFLORA = fileURLToPath(new URL('../apps/cli/bin/worldflora.mjs', import.meta.url))
const COORDINATOR = fileURLToPath(new URL('../apps/coordinator/bin/coordinator.mjs', import.meta.url))
const WEB = fileURLToPath(new URL('../apps/web/out', import.meta.url))

export type Ended = { code: number | null; stdout: string; stderr: string }

/** A process of this test; killed with the test if it still runs. */
export type Running = {
  pid: number
  kill(signal: NodeJS.Signals): void
  ended: Promise<Ended>
  /** Resolves with the first match in stdout; rejects when the process ends without one. */
  says(pattern: RegExp): Promise<RegExpMatchArray>
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'worldflora-e2e-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** `worldflora ARGS`, as a user would type it. */
export function worldflora(args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [WORLDFLORA, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return watch(child)
}

export type Site = Running & { url: string; token: string }

/** A coordinator with the built pages; `port` is given when it must come back at the same address. */
export async function startCoordinator(data: string, port = 0): Promise<Site> {
  await copyEmptyDatabase(join(data, 'database'))
  const child = fork(
    COORDINATOR,
    ['--data', data, '--port', String(port), '--host', '127.0.0.1', '--web', WEB],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const running = watch(child)
  const ready = await new Promise<{ kind: string; url: string; token: string }>((resolve, fail) => {
    child.once('message', (message) => resolve(message as { kind: string; url: string; token: string }))
    running.ended.then(({ code, stderr }) => fail(new Error(`the coordinator ended with ${code}: ${stderr}`)))
  })
  if (ready.kind !== 'ready') throw new Error(`the coordinator did not start: ${JSON.stringify(ready)}`)
  return { ...running, url: ready.url, token: ready.token }
}

function watch(child: ChildProcess): Running {
  let stdout = ''
  let stderr = ''
  const listeners = new Set<() => void>()
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
    for (const listener of listeners) listener()
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = new Promise<Ended>((resolve) =>
    child.once('close', (code) => resolve({ code, stdout, stderr })),
  )
  atEnd(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  return {
    pid: child.pid!,
    kill: (signal) => void child.kill(signal),
    ended,
    says: (pattern) =>
      new Promise((resolve, fail) => {
        const look = () => {
          const match = stdout.match(pattern)
          if (match === null) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        look()
        ended.then(() => fail(new Error(`ended without saying ${pattern}: ${stdout}\n${stderr}`)))
      }),
  }
}
