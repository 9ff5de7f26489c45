/**
 * `coordinator.lock`: one coordinator for a data folder (PGlite does not lock: two processes lose each other's rows). It
 * also tells this machine's commands where the coordinator is, and the operator token: only its owner may read it.
 * Of a holder in another container, or on another machine, nobody here can tell whether it runs: so each renews its lock, and
 * one that was renewed lately is taken for held (DU6).
 */
import { mkdir, readFile, rm, rmdir, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { createDurably, writeDurably } from '../durable-file.ts'
import { pidSpace, startOfProcess } from './process-identity.ts'

const OWNER_ONLY = 0o600

export const RENEWED_EVERY_MS = 5_000
/** So long after its last renewal a stranger's lock is taken for left behind. */
const HELD_FOR_MS = 30_000
/** To look at a dead holder's lock and to remove it takes far less. */
const TURN_MS = 10_000
const ASK_AGAIN_MS = 20

const Holder = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    pid: v.pipe(v.number(), v.integer()),
    /** Of the process: see process-identity. */
    startedAt: v.string(),
    /** Not known of locks by older versions. */
    pidSpace: v.optional(v.string()),
    /** Both are null until it serves: the address for everybody, and that for this machine's processes. */
    url: v.nullable(v.string()),
    localUrl: v.nullable(v.string()),
    token: v.string(),
  }),
)
type Holder = v.InferOutput<typeof Holder>

export type Lock = {
  /** From now on commands of this machine find the coordinator. */
  announce(address: { url: string; localUrl: string }): Promise<void>
  /** False if somebody else has taken the folder over: a machine that slept for long must not go on. Throws where that cannot be told. */
  renew(now: Date): Promise<boolean>
  release(): Promise<void>
}

/** Takes over at once from a holder that no longer runs. */
export async function takeLock(folder: string, token: string, now: Date): Promise<Lock | Rejection> {
  const path = join(folder, 'coordinator.lock')
  const startedAt = await startOfProcess(process.pid)
  if (startedAt === null) throw new Error('this process cannot tell when it started')
  const mine: Holder = {
    pid: process.pid,
    startedAt,
    pidSpace: await pidSpace(),
    url: null,
    localUrl: null,
    token,
  }
  for (;;) {
    if (await createDurably(path, JSON.stringify(mine), OWNER_ONLY)) return heldLock(path, mine)
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text === null) continue
    const holder = v.safeParse(Holder, text)
    if (holder.success) {
      const { pidSpace: space } = holder.output
      const isStranger = space !== undefined && space !== mine.pidSpace
      if (isStranger && (await isRenewed(path, now))) return inUseElsewhere(folder)
      if (!isStranger && (await isRunning(holder.output))) return inUse(folder, holder.output)
    }
    await setAside(path, text)
  }
}

function heldLock(path: string, mine: Holder): Lock {
  /** What cannot be read just now (too many files are open, the disk is away) is nobody else's for that. */
  async function isMine(): Promise<boolean> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const holder = v.safeParse(Holder, text)
    return holder.success && holder.output.token === mine.token
  }
  return {
    async announce(address) {
      if (!(await isMine())) return
      await writeDurably(path, (file) => file.writeFile(JSON.stringify({ ...mine, ...address })), OWNER_ONLY)
    },
    async renew(now) {
      if (!(await isMine())) return false
      await utimes(path, now, now)
      return true
    },
    async release() {
      if (await isMine().catch(() => false)) await rm(path, { force: true })
    },
  }
}

async function isRunning({ pid, startedAt }: Holder): Promise<boolean> {
  return (await startOfProcess(pid)) === startedAt
}

async function isRenewed(path: string, now: Date): Promise<boolean> {
  const entry = await stat(path).catch(() => null)
  return entry !== null && now.getTime() < entry.mtimeMs + HELD_FOR_MS
}

/** Removes a dead holder's lock, and no other: of several starters one at a time may look and remove. */
async function setAside(path: string, deadText: string): Promise<void> {
  const turn = `${path}.taking-over`
  try {
    await mkdir(turn)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    const since = await stat(turn).catch(() => null)
    // Whoever had the turn was killed in it.
    if (since !== null && Date.now() > since.mtimeMs + TURN_MS) await rmdir(turn).catch(() => {})
    return wait(ASK_AGAIN_MS)
  }
  try {
    if ((await readFile(path, 'utf8').catch(() => null)) === deadText) await rm(path, { force: true })
  } finally {
    await rmdir(turn).catch(() => {})
  }
}

function inUse(folder: string, { pid, url }: Holder): Rejection {
  const where = url === null ? 'and is just starting' : `at ${url}`
  return reject(
    'data-folder-in-use',
    `A coordinator (process ${pid}) already runs on the data folder ${folder} ${where}.`,
    'Use that one, stop it first, or choose another folder with --data.',
  )
}

function inUseElsewhere(folder: string): Rejection {
  return reject(
    'data-folder-in-use',
    `A coordinator in another container or on another machine held the data folder ${folder} less than ${HELD_FOR_MS / 1000} seconds ago.`,
    `Use that one, or stop it first; if it has ended already, start again in ${HELD_FOR_MS / 1000} seconds.`,
  )
}
