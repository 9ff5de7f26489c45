/** The form in which a published model is identified with, as blobs (QW1, QW2). Equal weights come to equal blobs, so it can be made again. */
import { parameterSpecs } from '@worldflora/model/parameters'
import { COMPACT_FORMAT, cutIntoShards, encodeCompact } from '@worldflora/protocol/compact-weights'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import type { CompactWeights } from '@worldflora/protocol/published-model'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { decodeWeights } from '@worldflora/protocol/tensor-codec'
import type { BlobStore } from '../store/blob-store.ts'

/** `weights`: canonical. */
export async function putCompact(
  blobs: Pick<BlobStore, 'put'>,
  weights: Uint8Array,
  { architecture, classes }: { architecture: Architecture; classes: number },
): Promise<CompactWeights | Rejection> {
  const layout = layoutOf(parameterSpecs(architecture, classes))
  const values = decodeWeights(weights, layout)
  if (isRejection(values)) return values
  const shards: CompactWeights['shards'] = []
  for (const shard of cutIntoShards(encodeCompact(values, layout))) {
    shards.push({ blob: await blobs.put(shard), bytes: shard.byteLength })
  }
  return { format: COMPACT_FORMAT, shards }
}
