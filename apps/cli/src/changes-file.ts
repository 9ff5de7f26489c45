/** CHANGES.json: fields of RUN.json that are to be others from a checkpoint on. */
import { parseOrReject } from '@worldflora/protocol/rejection'
import * as v from 'valibot'
import { readJsonFile } from './json-file.ts'
import { accept } from './report.ts'

const Changes = v.record(v.string(), v.unknown())

export async function changesFrom(file: string | undefined): Promise<v.InferOutput<typeof Changes>> {
  if (file === undefined) return {}
  const value = await readJsonFile(
    file,
    'Name a file with the changed fields of RUN.json, such as {"epochs": 60}.',
  )
  return accept(parseOrReject(Changes, value, file))
}
