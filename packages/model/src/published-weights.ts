/** The weights that a published model is identified with: which blobs they are, and what these come to. The same in a tab as on a server. */
import { COMPACT_FORMAT, decodeCompact } from '@worldflora/protocol/compact-weights'
import type { Hash } from '@worldflora/protocol/ids'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { decodeWeights } from '@worldflora/protocol/tensor-codec'
import { parameterSpecs } from './parameters.ts'

/** `canonical`: of a model that was published before there were compact ones, or in a form of which this program does not know. */
export type WeightsForm = 'compact' | 'canonical'

export type PublishedWeights = { form: WeightsForm; bytes: Uint8Array }

/** Parts follow each other; together they are `bytes` long. */
export type WeightsParts = {
  form: WeightsForm
  parts: readonly { blob: Hash; bytes: number }[]
  bytes: number
}

export function partsOf({ compact, weights }: Pick<PublishedModel, 'compact' | 'weights'>): WeightsParts {
  if (compact?.format !== COMPACT_FORMAT) return { form: 'canonical', parts: [weights], bytes: weights.bytes }
  const bytes = compact.shards.reduce((sum, shard) => sum + shard.bytes, 0)
  return { form: 'compact', parts: compact.shards, bytes }
}

/** Where in all of them each part belongs. */
export function placesIn<Memory extends ArrayBufferLike>(
  all: Uint8Array<Memory>,
  parts: WeightsParts['parts'],
): { blob: Hash; into: Uint8Array<Memory> }[] {
  let start = 0
  return parts.map(({ blob, bytes }) => {
    const into = all.subarray(start, start + bytes)
    start += bytes
    return { blob, into }
  })
}

/** A copy that the caller owns. */
export function readPublished(
  { form, bytes }: PublishedWeights,
  architecture: Architecture,
  classes: number,
): Float32Array<ArrayBuffer> | Rejection {
  const layout = layoutOf(parameterSpecs(architecture, classes))
  return form === 'compact' ? decodeCompact(bytes, layout) : decodeWeights(bytes, layout)
}
