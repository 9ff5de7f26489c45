/** Small floras: each is drawn by whichever file needs it first, and found by the others. Drawing takes seconds, and comes to the same bytes. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { drawHerbarium } from '@worldflora/dataset/herbarium'
import { encodeManifest, type Manifest, parseManifest } from '@worldflora/dataset/manifest'
import { isRejection } from '@worldflora/protocol/rejection'
import { inject } from 'vitest'

/** `shards`: their bytes, by hash. */
export type Herbarium = { manifest: Manifest; shards: Map<string, Uint8Array> }

const MANIFEST = 'manifest.json'

export async function herbariumOf(name: string, species: number): Promise<Herbarium> {
  const folder = join(inject('herbaria'), `${name}-${species}`)
  if (!existsSync(folder)) await drawInto(folder, name, species)
  const manifest = parseManifest(readFileSync(join(folder, MANIFEST)))
  if (isRejection(manifest)) throw new Error(manifest.message)
  const hashes = readdirSync(folder).filter((file) => file !== MANIFEST)
  return { manifest, shards: new Map(hashes.map((hash) => [hash, readFileSync(join(folder, hash))])) }
}

/** Whole or not at all; of two files that draw it at the same time one is first. */
async function drawInto(folder: string, name: string, species: number): Promise<void> {
  const aside = mkdtempSync(`${folder}-`)
  const writeShard = async (hash: string, bytes: Uint8Array) => writeFileSync(join(aside, hash), bytes)
  const drawn = await drawHerbarium({ name, seed: 1, storedSize: 64, species, writeShard })
  if (isRejection(drawn)) throw new Error(drawn.message)
  writeFileSync(join(aside, MANIFEST), encodeManifest(drawn.manifest))
  try {
    renameSync(aside, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
    rmSync(aside, { recursive: true })
  }
}
