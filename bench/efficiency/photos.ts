/** Photos of a flora's first shard of training photos, as its workers get them. */
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { parseManifest } from '@worldflora/dataset/manifest'
import { readShard } from '@worldflora/dataset/shard'
import { accept } from '../platform/accept.ts'
import type { LoopPhoto } from './loop-thread.ts'

export async function photosOfFlora(client: OperatorClient, name: string): Promise<LoopPhoto[]> {
  const { hash } = accept(await client.floras()).find((flora) => flora.name === name)!
  const manifest = accept(parseManifest(accept(await client.wholeBlob(hash))))
  const photos = accept(readShard(accept(await client.wholeBlob(manifest.shards.train[0]!.hash))))
  return photos.map(({ jpeg, species }) => ({ jpeg: jpeg.slice(), species }))
}
