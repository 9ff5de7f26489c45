/**
 * The way by which this worker last came to a run's checkpoint. It has fetched what lies on it: when the compute part was started
 * anew and holds nothing, going that way again and on from its end takes a delta or two, where the coordinator's way may begin with a
 * base that a worker who followed by deltas has never had.
 */
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'

/** A longer way costs more to compute than it saves. */
const MOST_DELTAS = 256

/** What leads on from a checkpoint to `ref`; null: its way does not pass there. */
export function deltasAfter(
  { base, deltas }: CheckpointRef,
  from: Hash | null,
): CheckpointRef['deltas'] | null {
  const at = deltas.findIndex(({ checkpoint }) => checkpoint === from)
  return at === -1 && from !== base.blob ? null : deltas.slice(at + 1)
}

export class CheckpointTrail {
  #runId: RunId | null = null
  #way: CheckpointRef | null = null

  /** The way to `ref` over the last one's end; null if that is not on it. */
  over(runId: RunId, ref: CheckpointRef): CheckpointRef | null {
    if (runId !== this.#runId || this.#way === null) return null
    const { base, deltas, checkpoint } = this.#way
    const onwards = deltasAfter(ref, checkpoint)
    if (onwards === null || deltas.length + onwards.length > MOST_DELTAS) return null
    return { ...ref, base, deltas: [...deltas, ...onwards] }
  }

  /** The compute part is there. */
  note(runId: RunId, ref: CheckpointRef): void {
    this.#way = this.over(runId, ref) ?? ref
    this.#runId = runId
  }
}
