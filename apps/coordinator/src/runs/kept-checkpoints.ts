/** What can be forked or rolled back to, why it is kept, and what all of a run's checkpoints weigh on the disk. */

import type { Split } from '@worldflora/protocol/evaluation'
import type { Hash } from '@worldflora/protocol/ids'
import type { KeptCheckpoint, KeptCheckpoints } from '@worldflora/protocol/kept-checkpoints'
import type { BlobStore } from '../store/blob-store.ts'
import type { BlobRef } from '../store/store.ts'
import { reachableOf } from './reachable.ts'
import { reasonsToKeep } from './retention.ts'
import { epochAfter, openOrders, type RunBook } from './run-book.ts'

export async function keptCheckpoints(
  book: RunBook,
  watched: Split,
  optimizerStates: BlobStore,
): Promise<KeptCheckpoints> {
  const { record, milestones, checkpoints, evaluations, pending } = book
  const { newestKept } = record.settings
  const reasons = reasonsToKeep(milestones, { evaluations, pending }, { watched, newestKept })
  const latest = checkpoints.at(-1)!.step
  const blobs = new Map<Hash, number>()
  const add = ({ blob, bytes }: BlobRef) => blobs.set(blob, bytes)
  for (const { base, delta } of checkpoints) for (const ref of [base, delta]) if (ref !== null) add(ref)
  for (const { checkpoint } of openOrders(book))
    for (const ref of [checkpoint.base, ...checkpoint.deltas]) add(ref)
  for (const ref of record.initialWeights?.blobs ?? []) add(ref)
  for (const { checkpoint, bytes } of milestones) add({ blob: checkpoint, bytes })
  const states = new Set([...checkpoints, ...milestones].flatMap((one) => one.optimizerState ?? []))
  let bytes = [...blobs.values()].reduce((sum, size) => sum + size, 0)
  for (const state of states) bytes += (await optimizerStates.size(state)) ?? 0
  return {
    checkpoints: reachableOf(book).map(({ step, way }): KeptCheckpoint => {
      const kept = reasons.get(step) ?? []
      return {
        step,
        epoch: epochAfter(record, step),
        checkpoint: way.checkpoint,
        why: step === latest ? ['latest', ...kept] : kept.length === 0 ? ['recent'] : kept,
        evaluation:
          evaluations.find((evaluation) => evaluation.step === step && evaluation.split === watched) ?? null,
      }
    }),
    bytes,
    newestKept,
  }
}
