/** Where a command writes: nothing is written over. */
import { readdir } from 'node:fs/promises'
import { reject } from '@worldflora/protocol/rejection'
import { Refused } from './report.ts'

/** So nothing of another export is left beside either. */
export async function expectEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new Refused(reject('no-folder', `${folder} is no folder: ${error.message}.`, 'Name another one.'))
  })
  if (names.length === 0) return
  throw new Refused(
    reject('folder-not-empty', `There is something in ${folder} already.`, 'Name a new folder, or empty it.'),
  )
}
