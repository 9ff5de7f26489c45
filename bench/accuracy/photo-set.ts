/** A folder of real photos with its observations.csv as a flora: whole, or its train part alone, cut in two to choose recipes by. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { importImageFolder } from '@worldflora/dataset/image-folder'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import type { Hash } from '@worldflora/protocol/ids'
import { flipLabels } from '../flip-labels/table.ts'
import { accept } from '../platform/accept.ts'

/** `choice`: the test photos are left out, and a fifth of each species' train observations are the validation split. */
export type Part = 'whole' | 'choice'

export type PhotoSet = { name: string; species: number; test: Photo[] }

const VALIDATION_SHARE = 0.2

export async function bringPhotoSet(client: OperatorClient, folder: string, part: Part): Promise<PhotoSet> {
  const name = part === 'whole' ? basename(resolve(folder)) : `${basename(resolve(folder))}-choice`
  const shards = new Map<Hash, Uint8Array>()
  const scratch = await mkdtemp(join(tmpdir(), 'worldflora-accuracy-'))
  try {
    const table = await readFile(join(folder, 'observations.csv'), 'utf8')
    const csv = join(scratch, 'photos.csv')
    await writeFile(csv, part === 'whole' ? table : choiceOf(table))
    const imported = accept(
      await importImageFolder({
        folder,
        csv,
        name,
        writeShard: async (hash, bytes) => {
          shards.set(hash, bytes)
          accept(await client.putBlob(hash, bytes))
        },
      }),
    )
    accept(await client.putFlora(imported.manifest))
    const { species, shards: refs } = imported.manifest
    const test = refs.test.flatMap(({ hash }) => accept(readShard(shards.get(hash)!)))
    return { name, species: species.length, test }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** The test rows are left out. */
function choiceOf(table: string): string {
  const { table: cut } = flipLabels(table, { share: 0, validation: VALIDATION_SHARE, trusted: 0, seed: 1 })
  const [header, ...rows] = cut.split('\n')
  const splitAt = header!.split(',').indexOf('split')
  return [header, ...rows.filter((row) => row.split(',')[splitAt] !== 'test')].join('\n')
}
