/**
 * From which base, over which deltas, a checkpoint is reached. Bases are written ahead: a new one each time the deltas since
 * the newest base weigh half of it; it is taken into use when the way from the older one would weigh more than a base. So
 * a worker that follows a run fetches nothing but deltas, and a newcomer at most two checkpoints' worth of bytes (CK2).
 */
import type { Hash } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import type { BlobRef, CheckpointRecord } from '../store/store.ts'

/** Even tiny deltas are not chained for ever: each costs a request. */
const MOST_DELTAS = 128

/** Whether the checkpoint that follows these (by step, without a gap, a base first) is to be kept whole as well. */
export function isBaseDue(records: readonly CheckpointRecord[], next: BlobRef): boolean {
  const newest = records.findLastIndex((record) => record.base !== null)
  const deltas = [...records.slice(newest + 1).map((record) => record.delta!), next]
  return 2 * bytesOf(deltas) >= records[newest]!.base!.bytes || deltas.length >= MOST_DELTAS / 2
}

/** The way to the last of these records. */
export function chainOf(records: readonly CheckpointRecord[]): CheckpointRef {
  const chain = chained(records)
  return wayFrom(chain, baseInUse(chain))
}

/** To a checkpoint that is kept as the blob of its own name. */
export function wayOfWhole({
  step,
  checkpoint,
  bytes,
}: {
  step: number
  checkpoint: Hash
  bytes: number
}): CheckpointRef {
  return { step, checkpoint, base: { step, blob: checkpoint, bytes }, deltas: [] }
}

/** Every way there is to the last of these records, the shortest first. */
export function waysTo(records: readonly CheckpointRecord[]): CheckpointRef[] {
  const chain = chained(records)
  const bases = chain.flatMap(({ base }, index) => (base === null ? [] : [index]))
  return bases.reverse().map((start) => wayFrom(chain, start))
}

/** Since the last that no delta leads to: a run's first, or a phase's (PH1). */
function chained(records: readonly CheckpointRecord[]): readonly CheckpointRecord[] {
  return records.slice(
    Math.max(
      0,
      records.findLastIndex(({ delta }) => delta === null),
    ),
  )
}

function wayFrom(records: readonly CheckpointRecord[], start: number): CheckpointRef {
  const { step, base } = records[start]!
  const last = records.at(-1)!
  return {
    step: last.step,
    checkpoint: last.checkpoint,
    base: { step, ...base! },
    deltas: records.slice(start + 1).map(({ delta, checkpoint }) => ({ ...delta!, checkpoint })),
  }
}

/** The oldest base whose deltas weigh no more than itself: most of those who follow the run find their checkpoint behind it. */
function baseInUse(records: readonly CheckpointRecord[]): number {
  const near = records.findIndex(({ base }, index) => base !== null && isNear(base, records.slice(index + 1)))
  if (near === -1) throw new Error('these checkpoints have no base near their end')
  return near
}

/** The last record is near itself. One whose delta weighs more than the whole is a base, and reached without a delta. */
function isNear(base: BlobRef, later: readonly CheckpointRecord[]): boolean {
  return later.length <= MOST_DELTAS && bytesOf(later.map(({ delta }) => delta!)) <= base.bytes
}

function bytesOf(blobs: readonly BlobRef[]): number {
  return blobs.reduce((sum, { bytes }) => sum + bytes, 0)
}
