/** How fast all who are here are together, kept up to date, so that nobody has to be asked. */
import type { CoreState } from './core-state.ts'
import type { WorkerState } from './worker-state.ts'

export type Fleet = {
  /** Of those that have a pace. */
  imagesPerSecond: number
  unmeasured: number
}

export function countIn({ fleet }: CoreState, { imagesPerSecond }: WorkerState): void {
  if (imagesPerSecond === null) fleet.unmeasured++
  else fleet.imagesPerSecond += imagesPerSecond
}

export function countOut({ fleet }: CoreState, { imagesPerSecond }: WorkerState): void {
  if (imagesPerSecond === null) fleet.unmeasured--
  else fleet.imagesPerSecond -= imagesPerSecond
}

/** Faster than any machine: beyond it the sum would lose the others' digits. */
const FASTEST = 1e6

export function notePace(state: CoreState, worker: WorkerState, imagesPerSecond: number): void {
  countOut(state, worker)
  worker.imagesPerSecond = Math.min(FASTEST, imagesPerSecond)
  countIn(state, worker)
}

/** Who has not been measured yet counts as much as the one who asks. */
export function paceOfAll({ fleet }: CoreState, own: number): number {
  return fleet.imagesPerSecond + fleet.unmeasured * own
}
