/** How fast all who are here are together, kept up to date, so that nobody has to be asked. */
import { MATERIALS, type Material } from '@worldflora/protocol/task-images'
import type { CoreState } from './core-state.ts'
import type { WorkerState } from './worker-state.ts'

export type Fleet = Record<
  Material,
  {
    /** Of those that have a pace. */
    perSecond: number
    unmeasured: number
  }
>

export function emptyFleet(): Fleet {
  return { photos: { perSecond: 0, unmeasured: 0 }, features: { perSecond: 0, unmeasured: 0 } }
}

export function countIn({ fleet }: CoreState, { paces }: WorkerState): void {
  for (const material of MATERIALS) {
    const pace = paces[material]
    if (pace === null) fleet[material].unmeasured++
    else fleet[material].perSecond += pace
  }
}

export function countOut({ fleet }: CoreState, { paces }: WorkerState): void {
  for (const material of MATERIALS) {
    const pace = paces[material]
    if (pace === null) fleet[material].unmeasured--
    else fleet[material].perSecond -= pace
  }
}

/** Faster than any machine: beyond it the sum would lose the others' digits. */
const FASTEST = 1e6

/** What is undefined was not measured: what was known before stays. */
export function notePaces(
  state: CoreState,
  worker: WorkerState,
  measured: Record<Material, number | undefined>,
): void {
  countOut(state, worker)
  for (const material of MATERIALS) {
    const pace = measured[material]
    if (pace !== undefined) worker.paces[material] = Math.min(FASTEST, pace)
  }
  countIn(state, worker)
}

/** Who has not been measured yet counts as much as the one who asks. */
export function paceOfAll({ fleet }: CoreState, material: Material, own: number): number {
  const { perSecond, unmeasured } = fleet[material]
  return perSecond + unmeasured * own
}
