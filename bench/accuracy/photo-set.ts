/** A folder of real photos with its observations.csv as a flora: whole, or its train part alone, cut in two to choose recipes by. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { importImageFolder } from '@worldflora/dataset/image-folder'
import { encodeManifest } from '@worldflora/dataset/manifest'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import { RandomStream } from '@worldflora/protocol/random'
import { accept } from '../platform/accept.ts'

/** `choice`: the test photos are left out, and one observation in five of the train part is the validation split. */
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
    const bytes = encodeManifest(imported.manifest)
    accept(await client.putBlob(hashOf(bytes), bytes))
    accept(await client.putFlora(name, hashOf(bytes)))
    const { species, shards: refs } = imported.manifest
    const test = refs.test.flatMap(({ hash }) => accept(readShard(shards.get(hash)!)))
    return { name, species: species.length, test }
  } finally {
    await rm(scratch, { recursive: true })
  }
}

/** The table's fields have no commas in quotes; its last one is the split. */
function choiceOf(table: string): string {
  const [header, ...rows] = table.trim().split('\n')
  const observationAt = header!.split(',').indexOf('observation')
  const speciesAt = header!.split(',').indexOf('species')
  const train = rows.map((row) => row.trim().split(',')).filter((row) => row.at(-1) === 'train')
  const isHeldBack = new Map<string, boolean>()
  for (const row of train) {
    const plant = `${row[speciesAt]}/${row[observationAt]}`
    if (isHeldBack.has(plant)) continue
    const random = new RandomStream(isHeldBack.size, 'split')
    isHeldBack.set(plant, random.uniform() < VALIDATION_SHARE)
  }
  const cut = train.map((row) => {
    const plant = `${row[speciesAt]}/${row[observationAt]}`
    return [...row.slice(0, -1), isHeldBack.get(plant) ? 'val' : 'train'].join(',')
  })
  return [header, ...cut].join('\n')
}
