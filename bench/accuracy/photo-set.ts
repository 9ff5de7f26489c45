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

/** Of the train observations: some are trusted, of the others some are named wrongly. Those that are held back never are. */
export type Labels = { part: Part; flipped: number; trusted: number }

export async function bringPhotoSet(
  client: OperatorClient,
  folder: string,
  labels: Labels,
): Promise<PhotoSet> {
  const { part, flipped, trusted } = labels
  const name = [
    basename(resolve(folder)),
    ...(flipped > 0 ? [`flipped-${Math.round(100 * flipped)}`] : []),
    ...(trusted > 0 ? [`trusted-${Math.round(100 * trusted)}`] : []),
    ...(part === 'choice' ? ['choice'] : []),
  ].join('-')
  const shards = new Map<Hash, Uint8Array>()
  const scratch = await mkdtemp(join(tmpdir(), 'worldflora-accuracy-'))
  try {
    const table = await readFile(join(folder, 'observations.csv'), 'utf8')
    const csv = join(scratch, 'photos.csv')
    await writeFile(csv, part === 'whole' && flipped + trusted === 0 ? table : cut(table, labels))
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

function cut(table: string, { part, flipped, trusted }: Labels): string {
  const validation = part === 'choice' ? VALIDATION_SHARE : 0
  const flipping = { share: flipped, validation, trusted, seed: 1 }
  const [header, ...rows] = flipLabels(table, flipping).table.split('\n')
  const splitAt = header!.split(',').indexOf('split')
  const left = part === 'choice' ? rows.filter((row) => row.split(',')[splitAt] !== 'test') : rows
  return [header, ...left].join('\n')
}
