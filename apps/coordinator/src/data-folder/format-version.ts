/** `worldflora.json`: which version of Worldflora's format a data folder has. A newer one is left alone. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { createDurably } from '../durable-file.ts'

/** Raised when an older program would misread the folder. */
export const FORMAT_VERSION = 1

const Mark = v.pipe(v.string(), v.parseJson(), v.object({ formatVersion: v.pipe(v.number(), v.integer()) }))

/** Marks a new folder; rejects one that this program must not touch. */
export async function checkFormatVersion(folder: string): Promise<null | Rejection> {
  const path = join(folder, 'worldflora.json')
  const mark = `${JSON.stringify({ formatVersion: FORMAT_VERSION })}\n`
  if (await createDurably(path, mark, 0o644)) return null
  const found = v.safeParse(Mark, await readFile(path, 'utf8'))
  if (!found.success) {
    return reject(
      'unreadable-data-folder',
      `${path} does not say which version the data folder ${folder} has.`,
      'Restore the file from a backup, or choose another folder with --data.',
    )
  }
  const { formatVersion } = found.output
  if (formatVersion <= FORMAT_VERSION) return null
  return reject(
    'newer-data-folder',
    `The data folder ${folder} was written by a newer Worldflora (format ${formatVersion}; this program knows ${FORMAT_VERSION}).`,
    'Update Worldflora, or choose another folder with --data. Nothing in the folder was changed.',
  )
}
