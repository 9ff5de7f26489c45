/** The checkpoints that two runs of one RUN.json came to, step by step: compared as soon as both have told theirs. */
import type { SeenStep } from './run-watch.ts'

export class CheckpointLedger {
  readonly #first = new Map<number, string>()
  /** Steps of which both checkpoints are known. */
  compared = 0
  /** The first step whose checkpoints differ. */
  difference: number | null = null

  note({ step, checkpoint }: SeenStep): void {
    const other = this.#first.get(step)
    if (other === undefined) {
      this.#first.set(step, checkpoint)
      return
    }
    this.compared++
    if (other !== checkpoint && step < (this.difference ?? Number.POSITIVE_INFINITY)) this.difference = step
  }
}
