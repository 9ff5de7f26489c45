/**
 * LC2: a new run that begins with a checkpoint of another: its weights, its optimizer state, its residual. If nothing
 * is changed that decides which samples a step has, it goes on at the same step, and with no change at all comes to the
 * same bits; else it begins at step 0 of a plan of its own.
 */
import type { ForkRun } from '@worldflora/protocol/kept-checkpoints'
import { phaseAt } from '@worldflora/protocol/phases'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { changeConfig, planChanges } from './config-changes.ts'
import { newStartAt } from './new-start.ts'
import { reachableAt } from './reachable.ts'
import { newBook, type RunBook } from './run-book.ts'
import { phasesOfRun } from './run-layout.ts'
import { newRecord } from './run-opening.ts'
import { sampledOf } from './sampled.ts'
import type { Surroundings } from './surroundings.ts'

export type Fork = { book: RunBook; isFresh: boolean }

/** Durable when it resolves; not yet active. */
export async function forkRun(at: Surroundings, source: RunBook, wish: ForkRun): Promise<Fork | Rejection> {
  const { config: before, flora } = source.record
  const changed = changeConfig(before, wish.changes)
  if (isRejection(changed)) return changed
  const config = { ...changed.config, name: wish.name }
  const manifest = await at.floras.manifestOf(flora.hash)
  if (isRejection(manifest)) return manifest
  const startsAnew = wish.restart || planChanges(changed).length > 0
  const sampled = await sampledOf(at.floras, config, manifest)
  if (isRejection(sampled)) return sampled
  const unborn = newRecord(config, flora, sampled.samples)
  const { steps } = unborn
  if (!startsAnew && wish.step >= steps) return nothingLeft(wish.step, steps)
  const firstStep = startsAnew ? 0 : wish.step
  return at.keeping.add(async () => {
    const reachable = reachableAt(source, wish.step)
    if (isRejection(reachable)) return reachable
    const start = await newStartAt(at, source, reachable, phaseAt(phasesOfRun(unborn), firstStep))
    if (isRejection(start)) return start
    const first = { ...start.record, step: firstStep }
    const origin = { run: source.record.id, name: before.name, step: wish.step }
    const { initialWeights, imagesPerPart } = source.record
    const record = { ...unborn, origin, initialWeights, imagesPerPart }
    await at.store.insertRun(record, first)
    return { book: newBook(record, first), isFresh: start.isFresh }
  })
}

function nothingLeft(step: number, steps: number): Rejection {
  return reject(
    'nothing-left',
    `With these changes the run has ${steps} steps: at step ${step} there is nothing left to do.`,
    'Give it more epochs, or let it begin anew with `restart`.',
  )
}
