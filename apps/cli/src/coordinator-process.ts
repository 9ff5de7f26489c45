/**
 * Finds the coordinator that runs on a data folder, or starts one as a child for the time of a command. Only a
 * coordinator opens a data folder; every command is its client.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { OperatorClient } from './operator-client.ts'
import { accept, Refused } from './report.ts'

const Address = { url: v.string(), localUrl: v.string(), token: v.string() }
const Lock = v.object(Address)
const Message = v.variant('kind', [
  v.object({ kind: v.literal('ready'), ...Address }),
  v.object({ kind: v.literal('failed'), rejection: Rejection }),
])

export type CoordinatorOptions = {
  data: string
  port: number
  host: string
  web?: string
  tlsCert?: string
  tlsKey?: string
  imageHosts?: string
  trustedProxy?: string
}

export type RunningCoordinator = {
  /** For everybody. */
  url: string
  /** For this machine's processes: plain http also where the site is served over https. */
  localUrl: string
  client: OperatorClient
  /** It ran before, and goes on running. */
  isFound: boolean
  /** Resolves when the process has ended; never for one that was found running. */
  ended: Promise<number | null>
  /** Ends a child and waits for it; leaves a coordinator that was found running alone. */
  release(): Promise<void>
}

/** The coordinator that holds the folder's lock and answers, if there is one. */
export async function findCoordinator(data: string): Promise<RunningCoordinator | null> {
  const text = await readFile(join(data, 'coordinator.lock'), 'utf8').catch(() => null)
  if (text === null) return null
  const lock = v.safeParse(v.pipe(v.string(), v.parseJson(), Lock), text)
  if (!lock.success) return null
  const { url, localUrl, token } = lock.output
  const client = new OperatorClient(localUrl, token)
  if (!(await client.isAlive())) return null
  return { url, localUrl, client, isFound: true, ended: new Promise(() => {}), release: async () => {} }
}

export async function spawnCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator> {
  const main = fileURLToPath(import.meta.resolve('@worldflora/coordinator/main'))
  const args = ['--data', resolve(options.data), '--port', String(options.port), '--host', options.host]
  if (options.web !== undefined) args.push('--web', options.web)
  if (options.tlsCert !== undefined) args.push('--tls-cert', resolve(options.tlsCert))
  if (options.tlsKey !== undefined) args.push('--tls-key', resolve(options.tlsKey))
  if (options.imageHosts !== undefined) args.push('--image-hosts', options.imageHosts)
  if (options.trustedProxy !== undefined) args.push('--trusted-proxy', options.trustedProxy)
  // Its own process group: Ctrl-C reaches this process alone, which then ends its children in order.
  const child = fork(main, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], detached: true })
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  const ready = await firstMessage(child)
  return {
    url: ready.url,
    localUrl: ready.localUrl,
    client: new OperatorClient(ready.localUrl, ready.token),
    isFound: false,
    ended,
    async release() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Runs `task` against the folder's coordinator, starting one on a free loopback port if none runs. */
export async function withCoordinator<T>(
  data: string,
  task: (coordinator: RunningCoordinator) => Promise<T>,
): Promise<T> {
  const coordinator =
    (await findCoordinator(data)) ?? (await spawnCoordinator({ data, port: 0, host: '127.0.0.1' }))
  const interrupt = () => coordinator.release().then(() => process.exit(130))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  try {
    return await task(coordinator)
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await coordinator.release()
  }
}

async function firstMessage(child: ChildProcess): Promise<{ url: string; localUrl: string; token: string }> {
  const message = await new Promise<unknown>((resolve, fail) => {
    child.once('message', resolve)
    child.once('error', fail)
    child.once('exit', (code) =>
      fail(
        new Refused(
          reject(
            'coordinator-ended',
            `The coordinator ended at its start (exit code ${code}).`,
            'Its last words stand above.',
          ),
        ),
      ),
    )
  })
  const parsed = v.parse(Message, message)
  if (parsed.kind === 'failed') accept(parsed.rejection)
  return parsed as { url: string; localUrl: string; token: string }
}
