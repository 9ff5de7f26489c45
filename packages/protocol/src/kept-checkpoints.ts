/** The checkpoints that are kept of a run, and what can be begun from one: a fork, or the run itself once more. */
import * as v from 'valibot'
import { Evaluation } from './evaluation.ts'
import { Hash, RunId, Slug } from './ids.ts'
import { index } from './whole-number.ts'

const newestKept = v.pipe(index, v.maxValue(1000))
/** `POST /api/runs/:id/retention` (operator): so many of the newest milestones are kept. */
export const PutRetention = v.strictObject({ newestKept })

/** A JSON merge patch of a RunConfig; what comes out is parsed as one. */
const ConfigChanges = v.record(v.string(), v.unknown())

/** `POST /api/runs/:id/fork` (operator). `restart`: at step 0, whatever is changed. */
export const ForkRun = v.strictObject({
  step: index,
  name: Slug,
  changes: v.optional(ConfigChanges, {}),
  restart: v.optional(v.boolean(), false),
})
export type ForkRun = v.InferOutput<typeof ForkRun>

/** Whether the optimizer goes on from its state, or is another one that begins without. */
const optimizer = v.picklist(['kept', 'fresh'])

export const ForkedRun = v.object({ id: RunId, step: index, optimizer })
export type ForkedRun = v.InferOutput<typeof ForkedRun>

/** `POST /api/runs/:id/rollback` (operator) */
export const RollBackRun = v.strictObject({ step: index, changes: v.optional(ConfigChanges, {}) })
export type RollBackRun = v.InferOutput<typeof RollBackRun>

export const RolledBackRun = v.object({
  step: index,
  dropped: v.object({ steps: index, evaluations: index, pending: index, features: index }),
  optimizer,
})
export type RolledBackRun = v.InferOutput<typeof RolledBackRun>

/** A checkpoint that a run can be forked from or rolled back to. */
export const KeptCheckpoint = v.object({
  step: index,
  epoch: v.number(),
  checkpoint: Hash,
  why: v.array(v.picklist(['latest', 'recent', 'start', 'newest', 'best', 'measuring'])),
  /** On the split that the run is followed by. */
  evaluation: v.nullable(Evaluation),
})
export type KeptCheckpoint = v.InferOutput<typeof KeptCheckpoint>

/** `GET /api/runs/:id/checkpoints`, by step. */
export const KeptCheckpoints = v.object({
  checkpoints: v.array(KeptCheckpoint),
  /** Of all that is on the disk for the run: weights, deltas, optimizer states. */
  bytes: index,
  newestKept,
})
export type KeptCheckpoints = v.InferOutput<typeof KeptCheckpoints>

/**
 * `GET /api/runs/:id/weights?step=N` (operator): the weights in canonical form, of a checkpoint that is kept or of the latest; the
 * average where there is one (OP7). Headers say which they are.
 */
export const WeightsQuery = v.strictObject({
  step: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,9}$/, 'has to be the number of a step'), v.transform(Number)),
  ),
})
export const WEIGHTS_HEADERS = { step: 'worldflora-step', checkpoint: 'worldflora-checkpoint' } as const
