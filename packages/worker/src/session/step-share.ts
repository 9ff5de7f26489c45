/** This worker's part of a step: what of it was accepted, and what is in its hands (leased, computed, or on its way). */
import type { LeaseId, RunId } from '@worldflora/protocol/ids'
import type { Lease } from '@worldflora/protocol/messages'

export type StepShare = { run: RunId; step: number; accepted: number; inHand: number }

type Place = Pick<StepShare, 'run' | 'step'>
type Held = Place & { tasks: Set<number> }

/** Of the step whose gradients were taken up last; an answer that comes later counts for the step it was of. */
export class ShareCount {
  #place: Place | null = null
  #accepted = 0
  readonly #held = new Map<LeaseId, Held>()

  get share(): StepShare | null {
    if (this.#place === null) return null
    const inHand = [...this.#held.values()]
      .filter((held) => this.#isHere(held))
      .reduce((sum, { tasks }) => sum + tasks.size, 0)
    return { ...this.#place, accepted: this.#accepted, inHand }
  }

  takeUp({ leaseId, run, tasks }: Lease): void {
    const { kind, step } = tasks[0]
    if (kind !== 'gradient') return
    const place = { run: run.id, step }
    if (!this.#isHere(place)) this.#accepted = 0
    this.#place = place
    this.#held.set(leaseId, { ...place, tasks: new Set(tasks.map(({ task }) => task)) })
  }

  /** The task was answered, or is not wanted any more. */
  putDown(leaseId: LeaseId, task: number, isAccepted: boolean): void {
    const held = this.#held.get(leaseId)
    if (held?.tasks.delete(task) && isAccepted && this.#isHere(held)) this.#accepted++
  }

  /** The lease is over, whatever of it is left. */
  end(leaseId: LeaseId): void {
    this.#held.delete(leaseId)
  }

  #isHere({ run, step }: Place): boolean {
    return run === this.#place?.run && step === this.#place.step
  }
}
