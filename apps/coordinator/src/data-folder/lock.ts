/**
 * `coordinator.lock`: one coordinator for a data folder (PGlite does not lock: two processes lose each other's rows). It
 * also tells this machine's commands where the coordinator is, and the operator token: only its owner may read it.
 */
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { createDurably, writeDurably } from '../durable-file.ts'
import { startOfProcess } from './process-identity.ts'

const OWNER_ONLY = 0o600

const Holder = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    pid: v.pipe(v.number(), v.integer()),
    /** Of the process: see process-identity. */
    startedAt: v.string(),
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
  release(): Promise<void>
}

/** Takes over at once from a holder that no longer runs. */
export async function takeLock(folder: string, token: string): Promise<Lock | Rejection> {
  const path = join(folder, 'coordinator.lock')
  const startedAt = await startOfProcess(process.pid)
  if (startedAt === null) throw new Error('this process cannot tell when it started')
  const mine: Holder = { pid: process.pid, startedAt, url: null, localUrl: null, token }
  for (;;) {
    if (await createDurably(path, JSON.stringify(mine), OWNER_ONLY)) return heldLock(path, mine)
    const text = await readFile(path, 'utf8').catch(() => null)
    if (text === null) continue
    const holder = await livingHolder(text)
    if (holder !== null) return inUse(folder, holder)
    await setAside(path, text)
  }
}

function heldLock(path: string, mine: Holder): Lock {
  return {
    announce: (address) =>
      writeDurably(path, (file) => file.writeFile(JSON.stringify({ ...mine, ...address })), OWNER_ONLY),
    release: () => rm(path, { force: true }),
  }
}

async function livingHolder(text: string): Promise<Holder | null> {
  const holder = v.safeParse(Holder, text)
  if (!holder.success) return null
  return (await startOfProcess(holder.output.pid)) === holder.output.startedAt ? holder.output : null
}

/** Removes a dead holder's lock, and no other: a second starter may have taken the folder in between. */
async function setAside(path: string, deadText: string): Promise<void> {
  const aside = `${path}.dead-${process.pid}`
  await rename(path, aside).catch(() => {})
  const taken = await readFile(aside, 'utf8').catch(() => null)
  if (taken !== null && taken !== deadText) await createDurably(path, taken, OWNER_ONLY)
  await rm(aside, { force: true })
}

function inUse(folder: string, { pid, url }: Holder): Rejection {
  const where = url === null ? 'and is just starting' : `at ${url}`
  return reject(
    'data-folder-in-use',
    `A coordinator (process ${pid}) already runs on the data folder ${folder} ${where}.`,
    'Use that one, stop it first, or choose another folder with --data.',
  )
}
