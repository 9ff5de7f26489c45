/** Folders of real photos, and the network whose frozen features they are known by. */
import { basename, join, resolve } from 'node:path'
import { openFolder } from '@worldflora/cli/folder-source'
import { importImageFolder } from '@worldflora/dataset/image-folder'
import { type Photo, readShard } from '@worldflora/dataset/shard'
import { beginningWith, importWeights, readWeightsFolder, speciesOf } from '@worldflora/model/weights'
import type { Hash } from '@worldflora/protocol/ids'
import type { Architecture } from '@worldflora/protocol/run-config'
import type { Species } from '@worldflora/protocol/species'
import { accept } from '../platform/accept.ts'

export const ARCHITECTURE: Architecture = { name: 'mobilenet-v2', width: 0.5, imageSize: 96, norm: 'none' }
const SEED = 1

export type PhotoSet = { name: string; species: Species[]; photos: Photo[] }

/** With a head that has learnt nothing. */
export async function weightsIn(folder: string, species: string[]): Promise<Float32Array> {
  const source = openFolder(resolve(folder))
  const stored = accept(await readWeightsFolder(source, folder))
  const imported = accept(importWeights(stored, ARCHITECTURE, accept(speciesOf(stored))))
  async function* tensors() {
    for (const { name, shape, read } of imported.tensors) yield { name, shape, values: accept(await read()) }
  }
  const { weights } = accept(
    await beginningWith(
      { architecture: ARCHITECTURE, seed: SEED, species },
      {
        species: imported.species,
        tensors: imported.tensors.map(({ name, shape }) => ({ name, shape: [...shape] })),
      },
      tensors(),
    ),
  )
  await source.close()
  return weights
}

export async function photoSetIn(folder: string): Promise<PhotoSet> {
  const shards = new Map<Hash, Uint8Array>()
  const name = basename(resolve(folder))
  const { manifest } = accept(
    await importImageFolder({
      folder,
      csv: join(folder, 'observations.csv'),
      name,
      writeShard: async (hash, bytes) => void shards.set(hash, bytes),
    }),
  )
  const { train, val, test } = manifest.shards
  const photos = [...train, ...val, ...test].flatMap(({ hash }) => accept(readShard(shards.get(hash)!)))
  return { name, species: manifest.species, photos }
}
