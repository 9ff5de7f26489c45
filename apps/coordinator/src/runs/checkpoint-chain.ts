/**
 * From which base, over which deltas, a checkpoint is reached. Bases are written ahead: a new one each time the deltas since
 * the newest base weigh half of it, and taken into use when the deltas after it weigh as much. So a worker that
 * follows a run fetches nothing but deltas, and a newcomer at most two checkpoints' worth of bytes.
 */
import type { CheckpointRef } from '@worldflora/protocol/messages'
import type { BlobRef, CheckpointRecord } from '../store/store.ts'

/** Even tiny deltas are not chained for ever: each costs a request. */
const MOST_DELTAS = 128

/** Whether the checkpoint that follows these (by step, without a gap, a base first) is to be kept whole as well. */
export function isBaseDue(records: readonly CheckpointRecord[], next: BlobRef): boolean {
  const newest = records.findLastIndex((record) => record.base !== null)
  return isHeavy(records[newest]!.base!, [...records.slice(newest + 1).map((record) => record.delta!), next])
}

/** The way to the last of these records. */
export function chainOf(records: readonly CheckpointRecord[]): CheckpointRef {
  const start = baseInUse(records)
  const { step, base } = records[start]!
  const last = records.at(-1)!
  return {
    step: last.step,
    checkpoint: last.checkpoint,
    base: { step, ...base! },
    deltas: records.slice(start + 1).map(({ delta, checkpoint }) => ({ ...delta!, checkpoint })),
  }
}

/** The newest base with enough after it; else the oldest there is. */
function baseInUse(records: readonly CheckpointRecord[]): number {
  const ready = records.findLastIndex(
    ({ base }, index) =>
      base !== null &&
      isHeavy(
        base,
        records.slice(index + 1).map((later) => later.delta!),
      ),
  )
  return ready === -1 ? records.findIndex((record) => record.base !== null) : ready
}

function isHeavy(base: BlobRef, deltas: readonly BlobRef[]): boolean {
  const bytes = deltas.reduce((sum, delta) => sum + delta.bytes, 0)
  return 2 * bytes >= base.bytes || deltas.length >= MOST_DELTAS / 2
}
