/** A model's weights, shard by shard: from the shelf what is there, the rest from the site, kept as it comes (QW4). */
import { placesIn, type WeightsParts } from '@worldflora/model/published-weights'
import type { Rejection } from '@worldflora/protocol/rejection'
import { fetchBlob } from './fetch-blob.ts'
import type { Shelf } from './shelf.ts'

const AT_A_TIME = 2

export type OnBytes = (done: number, total: number) => void

export type Downloaded = {
  bytes: Uint8Array<ArrayBuffer>
  /** All of them are on the shelf. */
  isKept: boolean
}

export async function download(
  shelf: Shelf,
  { parts, bytes: total }: WeightsParts,
  onBytes: OnBytes,
): Promise<Downloaded | Rejection> {
  const all = new Uint8Array(total)
  let done = 0
  const outcome: { isKept: boolean; fault: Rejection | null } = { isKept: shelf.exists, fault: null }
  const note = (more: number) => {
    done += more
    onBytes(done, total)
  }
  const places = placesIn(all, parts).values()

  async function work(): Promise<void> {
    for (const { blob, into } of places) {
      if (outcome.fault !== null) return
      const held = await shelf.blob(blob)
      if (held?.byteLength === into.byteLength) {
        into.set(held)
        note(into.byteLength)
        continue
      }
      const fault = await fetchBlob({ blob, into, isKeptElsewhere: shelf.exists, onBytes: note })
      if (fault !== null) outcome.fault = fault
      else if (!(await shelf.put(blob, into))) outcome.isKept = false
    }
  }

  await Promise.all(Array.from({ length: AT_A_TIME }, work))
  return outcome.fault ?? { bytes: all, isKept: outcome.isKept }
}
