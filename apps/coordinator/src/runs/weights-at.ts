/** A checkpoint's weights from the blobs of its chain, checked against its name at the end. */
import { applyDelta } from '@worldflora/protocol/delta-codec'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import { gather, scatter } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { decodeWeights, encodeWeights } from '@worldflora/protocol/tensor-codec'
import { sha256 } from '../store/blob-store.files.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { RunRecord } from '../store/store.ts'
import { layoutFrom, type RunLayout } from './run-layout.ts'

/** Of a run. A chain's deltas are all of one phase: that which its base begins or goes on with. */
export function weightsOfRun(
  blobs: BlobStore,
  run: RunRecord,
  way: CheckpointRef,
): Promise<Uint8Array<ArrayBuffer> | Rejection> {
  return weightsAt(blobs, way, layoutFrom(run, way.base.step))
}

/** `layout`: of the phase that the deltas are of. */
export async function weightsAt(
  blobs: BlobStore,
  { step, checkpoint, base, deltas }: CheckpointRef,
  { whole, selection, delta: expected }: RunLayout,
): Promise<Uint8Array<ArrayBuffer> | Rejection> {
  const bytes = await blobs.get(base.blob)
  if (bytes === null) return damaged(step, base.blob)
  const weights = decodeWeights(bytes, whole)
  if (isRejection(weights)) return weights
  const trained = selection === null ? weights : gather(selection, weights)
  for (const { blob } of deltas) {
    const deltaBytes = await blobs.get(blob)
    if (deltaBytes === null) return damaged(step, blob)
    const fault = applyDelta(trained, deltaBytes, expected)
    if (fault !== null) return fault
  }
  if (selection !== null) scatter(selection, trained, weights)
  const encoded = encodeWeights(weights)
  return sha256(encoded) === checkpoint ? encoded : damaged(step, checkpoint)
}

export function damaged(step: number, blob: string): Rejection {
  return reject(
    'damaged-checkpoint',
    `The checkpoint of step ${step} cannot be read: the blob ${blob} is missing or damaged.`,
    'Restore the folder blobs/ of the data folder from a backup, or start the run anew.',
  )
}
