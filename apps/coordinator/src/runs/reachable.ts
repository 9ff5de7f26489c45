/** The checkpoints that a run can be forked from or rolled back to: the milestones, and those of the chain with their state. */
import type { Hash } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import { chainOf, wayOfWhole } from './checkpoint-chain.ts'
import type { RunBook } from './run-book.ts'

export type Reachable = {
  step: number
  /** How its weights are put together. */
  way: CheckpointRef
  /** null before the first step of a run that was not forked. */
  optimizerState: Hash | null
}

/** By step. */
export function reachableOf({ milestones, checkpoints }: RunBook): Reachable[] {
  const byStep = new Map<number, Reachable>()
  for (const [place, { step, optimizerState }] of checkpoints.entries()) {
    if (optimizerState === null && step > 0) continue
    byStep.set(step, { step, way: chainOf(checkpoints.slice(0, place + 1)), optimizerState })
  }
  for (const milestone of milestones) {
    const { step, optimizerState } = milestone
    byStep.set(step, { step, way: wayOfWhole(milestone), optimizerState })
  }
  return [...byStep.values()].sort((a, b) => a.step - b.step)
}

export function reachableAt(book: RunBook, step: number): Reachable | Rejection {
  const reachable = reachableOf(book)
  const found = reachable.find((one) => one.step === step)
  if (found !== undefined) return found
  return reject(
    'no-checkpoint',
    `The run ${book.record.config.name} has no checkpoint of step ${step}.`,
    `There are those of step ${reachable.map((one) => one.step).join(', ')}.`,
  )
}
