/** `worker-key`: what workers' secrets are derived from. Kept, so that a worker stays itself when the coordinator restarts. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDurably } from '../durable-file.ts'

export async function readWorkerKey(folder: string): Promise<Buffer> {
  const path = join(folder, 'worker-key')
  await createDurably(path, randomBytes(32).toString('hex'), 0o600)
  return Buffer.from(await readFile(path, 'utf8'), 'hex')
}
