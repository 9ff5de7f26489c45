/**
 * LC3: a run goes back to a checkpoint that was kept: weights, optimizer state and residual are those of then, and what came
 * later is gone. Its configuration may change in what does not decide which samples a step has.
 */
import type { RollBackRun } from '@worldflora/protocol/kept-checkpoints'
import { phaseAt } from '@worldflora/protocol/phases'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Dropped, RunRecord } from '../store/store.ts'
import { type ChangedConfig, changeConfig, planChanges } from './config-changes.ts'
import { newStartAt } from './new-start.ts'
import { reachableAt } from './reachable.ts'
import { backAt, type RunBook } from './run-book.ts'
import { phasesOfRun } from './run-layout.ts'
import { stepsOf, unitExponentOf } from './run-opening.ts'
import { sampledOf } from './sampled.ts'
import { forgetBlobs, forgetStates, leaveToSweep } from './step-keeping.ts'
import type { Surroundings } from './surroundings.ts'

export type Rollback = { dropped: Dropped; changed: string[]; isFresh: boolean }

/** Why the wish cannot be fulfilled; null if it can. */
export function faultOfRollback({ record, ...book }: RunBook, wish: RollBackRun): Rejection | null {
  const { name } = record.config
  if (record.state === 'running' || record.state === 'finished') {
    return reject(
      'run-not-paused',
      `The run ${name} is ${record.state}.`,
      record.state === 'running' ? 'Pause it first.' : 'Fork it from that checkpoint instead.',
    )
  }
  const reachable = reachableAt({ record, ...book }, wish.step)
  if (isRejection(reachable)) return reachable
  const changed = changeConfig(record.config, wish.changes)
  if (isRejection(changed)) return changed
  const fixed = planChanges(changed)
  if (fixed.length === 0) return null
  return reject(
    'fixed-field',
    `With another ${fixed.join(', ')} the steps before ${wish.step} would be others.`,
    'Fork the run from that checkpoint instead.',
  )
}

/** Of a wish without fault, while the run does nothing. The book and the store change together, or not at all. */
export async function rollBack(
  at: Surroundings,
  book: RunBook,
  wish: RollBackRun,
): Promise<Rollback | Rejection> {
  const before = { ...book }
  const back = await at.keeping.add(() => returnToStep(at, book, wish))
  if (!isRejection(back)) await at.keeping.add(() => forgetLater(at, before, wish.step)).catch(leaveToSweep)
  return back
}

async function returnToStep(
  at: Surroundings,
  book: RunBook,
  wish: RollBackRun,
): Promise<Rollback | Rejection> {
  const changed = changeConfig(book.record.config, wish.changes)
  if (isRejection(changed)) return changed
  const run = await recordAfter(at, book, wish.step, changed)
  if (isRejection(run)) return run
  const reachable = reachableAt(book, wish.step)
  if (isRejection(reachable)) return reachable
  const start = await newStartAt(at, book, reachable, phaseAt(phasesOfRun(run), wish.step))
  if (isRejection(start)) return start
  const dropped = await backAt(at.store, book, { run, to: start.record, lostFeatures: [] })
  return { dropped, changed: changed.changed, isFresh: start.isFresh }
}

/** What only the later steps needed. */
async function forgetLater(
  at: Surroundings,
  { checkpoints, milestones, pending, features }: RunBook,
  step: number,
): Promise<void> {
  const later = milestones.filter((milestone) => milestone.step > step)
  const laterFeatures = features.filter((order) => order.step > step)
  const ordered = [...pending.filter((order) => order.step > step), ...laterFeatures]
  const ways = ordered.map(({ checkpoint }) => checkpoint)
  const results = laterFeatures.flatMap(({ result }) => result ?? [])
  await forgetBlobs(at, [
    ...checkpoints.flatMap(({ base, delta }) => [base, delta]),
    ...later.map(({ checkpoint, bytes }) => ({ blob: checkpoint, bytes })),
    ...ways.flatMap(({ base, deltas }) => [base, ...deltas]),
    ...results.flatMap(({ manifest, parts }) => [manifest, ...parts]),
  ])
  await forgetStates(at, [...checkpoints, ...later])
}

async function recordAfter(
  at: Surroundings,
  { record, checkpoints }: RunBook,
  step: number,
  { config, changed }: ChangedConfig,
): Promise<RunRecord | Rejection> {
  const manifest = await at.floras.manifestOf(record.flora.hash)
  if (isRejection(manifest)) return manifest
  const sampled = await sampledOf(at.floras, config, manifest)
  if (isRejection(sampled)) return sampled
  const steps = stepsOf(config, sampled.samples)
  if (step >= steps) {
    return reject(
      'nothing-left',
      `With these changes the run has ${steps} steps: at step ${step} there is nothing left to do.`,
      'Give it more epochs.',
    )
  }
  const from = checkpoints.at(-1)!.step
  return {
    ...record,
    config,
    unitExponent: unitExponentOf(config),
    steps,
    state: 'paused',
    reason: `the operator took it back from step ${from} to step ${step}`,
    rollbacks: [...record.rollbacks, { at: at.clock.date().toISOString(), from, to: step, changed }],
  }
}
