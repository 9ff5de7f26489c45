/** Photos of a flora's first shard of training photos, as its workers get them. */
import type { OperatorClient } from '@worldflora/cli/operator-client'
import { parseManifest } from '@worldflora/dataset/manifest'
import { readShard } from '@worldflora/dataset/shard'
import type { Hash } from '@worldflora/protocol/ids'
import { accept } from '../platform/accept.ts'
import type { LoopPhoto } from './loop-thread.ts'

export async function photosOfFlora(client: OperatorClient, url: string, name: string): Promise<LoopPhoto[]> {
  const { hash } = accept(await client.floras()).find((flora) => flora.name === name)!
  const blob = async (hash: Hash) =>
    new Uint8Array(await (await fetch(new URL(`/blobs/${hash}`, url))).arrayBuffer())
  const manifest = accept(parseManifest(await blob(hash)))
  const photos = accept(readShard(await blob(manifest.shards.train[0]!.hash)))
  return photos.map(({ jpeg, species }) => ({ jpeg: jpeg.slice(), species }))
}
