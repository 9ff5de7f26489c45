/** Drawn photos as JPEG, for how long a photo takes depends on its size alone. */
import { drawHerbarium } from '@worldflora/dataset/herbarium'
import { readShard } from '@worldflora/dataset/shard'
import sharp from 'sharp'
import { accept } from '../platform/accept.ts'

const SIDE = 500
const COUNT = 12

/** Their shorter sides have 500 pixels. */
export async function drawPhotos(): Promise<Buffer[]> {
  const blobs = new Map<string, Uint8Array>()
  const { manifest } = accept(
    await drawHerbarium({
      name: 'photos',
      species: COUNT,
      mostObservations: 1,
      fewestObservations: 1,
      storedSize: SIDE,
      writeShard: async (hash, bytes) => void blobs.set(hash, bytes),
    }),
  )
  return manifest.shards.train
    .flatMap(({ hash }) => accept(readShard(blobs.get(hash)!)))
    .slice(0, COUNT)
    .map(({ jpeg }) => Buffer.from(jpeg))
}

/** As a phone's camera would have taken it: 4000 x 3000. */
export function enlarge(photo: Buffer): Promise<Buffer> {
  return sharp(photo).resize(4000, 3000).jpeg({ quality: 88 }).toBuffer()
}
