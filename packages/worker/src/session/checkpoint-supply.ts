/**
 * Brings the compute part to a task's checkpoint: by the deltas after the one it holds, else from a base: the lease's, or the one
 * that this worker began with, whichever leaves less to download. Deltas go over in batches, each proven by its checkpoint's hash,
 * so that a late joiner's long chain never lies in memory as a whole.
 */
import type { Hash } from '@worldflora/protocol/ids'
import type { CheckpointRef, RunDescription } from '@worldflora/protocol/messages'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { BlobCache } from './blob-cache.ts'
import type { BlobRef, BlobSource } from './blob-source.ts'
import { type CheckpointTrail, deltasAfter } from './checkpoint-trail.ts'
import type { CheckpointParts, ComputePort } from './compute-port.ts'

const DELTAS_AT_ONCE = 16

export type CheckpointSupply = {
  call<T>(task: (compute: ComputePort) => Promise<T>): Promise<T>
  source: BlobSource
  cache: BlobCache
  trail: CheckpointTrail
  signal: AbortSignal
}

type Batch = { base: BlobRef | null; deltas: BlobRef[]; checkpoint: Hash }

export async function supplyCheckpoint(
  run: RunDescription,
  ref: CheckpointRef,
  supply: CheckpointSupply,
): Promise<Rejection | null> {
  const held = await supply.call((compute) => compute.heldCheckpoint())
  if (held === ref.checkpoint) return null
  const way = deltasAfter(ref, held) === null ? await cheapestWay(run, ref, supply) : ref
  const first = await supplyBatches(run, batchesFrom(way, held), supply)
  if (first === null) supply.trail.note(run.id, ref)
  if (first?.code !== 'checkpoint-mismatch') return first
  // What lay in the cache may have been damaged there. Once more, with everything fetched anew.
  const whole = batchesFrom(ref, null)
  for (const blob of [...batchesFrom(way, null), ...whole].flatMap(blobsOf))
    await supply.cache.delete(blob.hash)
  return supplyBatches(run, whole, supply)
}

async function cheapestWay(
  run: RunDescription,
  ref: CheckpointRef,
  { cache, trail }: CheckpointSupply,
): Promise<CheckpointRef> {
  const known = trail.over(run.id, ref)
  if (known === null) return ref
  const cached = new Set(await cache.hashes())
  const missingOf = (way: CheckpointRef) =>
    batchesFrom(way, null)
      .flatMap(blobsOf)
      .reduce((sum, { hash, bytes }) => (cached.has(hash) ? sum : sum + bytes), 0)
  return missingOf(known) < missingOf(ref) ? known : ref
}

/** The chain from what is held, or from the base if that is not part of it; in batches, the first with the base. */
export function batchesFrom(ref: CheckpointRef, held: Hash | null): Batch[] {
  const onwards = deltasAfter(ref, held)
  const deltas = onwards ?? ref.deltas
  const batches: Batch[] = []
  if (onwards === null) {
    batches.push({
      base: { hash: ref.base.blob, bytes: ref.base.bytes },
      deltas: [],
      checkpoint: ref.base.blob,
    })
  }
  for (let start = 0; start < deltas.length; start += DELTAS_AT_ONCE) {
    const batch = deltas.slice(start, start + DELTAS_AT_ONCE)
    batches.push({
      base: null,
      deltas: batch.map((delta) => ({ hash: delta.blob, bytes: delta.bytes })),
      checkpoint: batch.at(-1)!.checkpoint,
    })
  }
  return batches
}

async function supplyBatches(
  run: RunDescription,
  batches: Batch[],
  supply: CheckpointSupply,
): Promise<Rejection | null> {
  for (const batch of batches) {
    const blobs = await Promise.all(
      blobsOf(batch).map((blob) => supply.source.get(blob, supply.cache, supply.signal)),
    )
    const missing = blobs.find(isRejection)
    if (missing !== undefined) return missing
    const bytes = blobs as Uint8Array[]
    const parts: CheckpointParts = {
      run,
      checkpoint: batch.checkpoint,
      base: batch.base === null ? null : bytes[0]!,
      deltas: batch.base === null ? bytes : bytes.slice(1),
    }
    const loaded = await supply.call((compute) => compute.loadCheckpoint(parts))
    if (loaded !== null) return loaded
  }
  return null
}

function blobsOf(batch: Batch): BlobRef[] {
  return batch.base === null ? batch.deltas : [batch.base, ...batch.deltas]
}

/** The last link of a chain must be the checkpoint itself: a lease where it is not cannot be computed. */
export function faultOfChain(ref: CheckpointRef): Rejection | null {
  const end = ref.deltas.at(-1)?.checkpoint ?? ref.base.blob
  if (end === ref.checkpoint) return null
  return reject(
    'broken-chain',
    "The lease's deltas do not lead to its checkpoint.",
    'Update the worker, or the coordinator.',
  )
}
