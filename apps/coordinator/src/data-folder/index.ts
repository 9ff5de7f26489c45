/** The folder in which a coordinator keeps everything. Opened by one process at a time. */
import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { checkFormatVersion } from './format-version.ts'
import { readWorkerKey } from './keys.ts'
import { type Lock, takeLock } from './lock.ts'

export type DataFolder = {
  path: string
  lock: Lock
  /** The operator's bearer token for as long as this process runs. */
  token: string
  workerKey: Buffer
  database: string
  /** Blobs that anybody may have. */
  blobs: string
  /** Optimizer states: nobody's business, and of no use to anybody. */
  optimizerStates: string
  /** Photos that visitors gave: the operator's alone to see. */
  submissions: string
}

export async function openDataFolder(folder: string, now = new Date()): Promise<DataFolder | Rejection> {
  const path = resolve(folder)
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    return reject(
      'no-data-folder',
      `The data folder ${path} cannot be made: ${(error as Error).message}.`,
      'Choose another with --data.',
    )
  }
  const fault = await checkFormatVersion(path)
  if (fault !== null) return fault
  const token = randomBytes(24).toString('base64url')
  const lock = await takeLock(path, token, now)
  if (isRejection(lock)) return lock
  return {
    path,
    lock,
    token,
    workerKey: await readWorkerKey(path),
    database: join(path, 'database'),
    blobs: join(path, 'blobs'),
    optimizerStates: join(path, 'optimizer-states'),
    submissions: join(path, 'submissions'),
  }
}
