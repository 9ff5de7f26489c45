/** A file that a command names, as JSON. `hint` says which file would be right. */
import { readFile } from 'node:fs/promises'
import { reject } from '@worldflora/protocol/rejection'
import { Refused } from './report.ts'

export async function readJsonFile(file: string, hint: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Refused(reject('no-file', `There is no file ${file}.`, hint))
  })
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Refused(
      reject('not-json', `${file} is not JSON: ${(error as Error).message}.`, 'Correct it and try again.'),
    )
  }
}
