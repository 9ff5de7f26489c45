/**
 * The way by which this worker last came to a run's checkpoint. It has fetched what lies on it: when the compute part was started
 * anew and holds nothing, going that way again and on from its end takes a delta or two, where the coordinator's way may begin with a
 * base that a worker who followed by deltas has never had.
 */
import type { RunId } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'

/** A longer way costs more to compute than it saves. */
const MOST_DELTAS = 256

export class CheckpointTrail {
  #runId: RunId | null = null
  #way: CheckpointRef | null = null

  /** The way to `ref` over the last one's end; null if that is not on it. */
  over(runId: RunId, ref: CheckpointRef): CheckpointRef | null {
    if (runId !== this.#runId || this.#way === null) return null
    const { base, deltas, checkpoint } = this.#way
    const at =
      checkpoint === ref.base.blob ? -1 : ref.deltas.findIndex((delta) => delta.checkpoint === checkpoint)
    if (at === -1 && checkpoint !== ref.base.blob) return null
    const whole = [...deltas, ...ref.deltas.slice(at + 1)]
    return whole.length > MOST_DELTAS ? null : { ...ref, base, deltas: whole }
  }

  /** The compute part is there. */
  note(runId: RunId, ref: CheckpointRef): void {
    this.#way = this.over(runId, ref) ?? ref
    this.#runId = runId
  }
}
