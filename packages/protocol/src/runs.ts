/** A run, as everybody may see it and as its operator does. */
import * as v from 'valibot'
import { Evaluation } from './evaluation.ts'
import { Hash, RunId, Slug } from './ids.ts'
import { RunConfig } from './run-config.ts'
import { index } from './whole-number.ts'

export const RunState = v.picklist(['running', 'paused', 'finished', 'stopped'])
export type RunState = v.InferOutput<typeof RunState>

/** A run as everybody may see it; part of `GET /api/status`. */
export const RunStatus = v.object({
  id: RunId,
  name: v.string(),
  flora: v.string(),
  state: RunState,
  /** Why a paused run is paused, in words. */
  reason: v.optional(v.string()),
  /** Why a running run does not advance, in words: nobody who is here can do it. */
  hint: v.optional(v.string()),
  /** 0 to 9: twice the share of a run that is one below. */
  priority: index,
  step: index,
  steps: index,
  epoch: v.number(),
  /** Of a run of several, the one that its next step is of, from 1 on. */
  phase: v.optional(
    v.object({
      number: index,
      of: index,
      train: v.picklist(['all', 'head']),
      /** It waits for the features that its head is trained on. */
      extracting: v.boolean(),
    }),
  ),
  /** Tasks of the step in flight: accepted so far, and in all. */
  tasks: v.object({ accepted: index, total: index }),
  checkpoint: Hash,
  imagesPerSecond: v.number(),
  stepsPerSecond: v.number(),
  /** What volunteers have uploaded of gradients, over the images in them, since the coordinator started. */
  uploadBytesPerImage: v.optional(v.number()),
  /** The latest on the validation split (on the test split where a flora has no other). */
  evaluation: v.nullable(Evaluation),
  /** The run has finished and no evaluation of it is outstanding. */
  measured: v.boolean(),
})
export type RunStatus = v.InferOutput<typeof RunStatus>

/** The weights that a run began with, whatever their source has become since. */
export const PinnedWeights = v.object({
  /** Of their manifest, see weights-manifest.ts. */
  hash: Hash,
  /** null: they were brought. */
  from: v.nullable(v.object({ run: RunId, name: v.string(), step: index })),
  /** So many species of the flora have the rows of their head; the others started fresh. */
  headRows: index,
})
export type PinnedWeights = v.InferOutput<typeof PinnedWeights>

/** `POST /api/runs` (operator) takes a RunConfig; `GET /api/runs/:id` answers with this. */
export const RunDetail = v.object({
  status: RunStatus,
  config: RunConfig,
  /** Seconds of training so far: from a step's opening to its checkpoint, summed. */
  trainingSeconds: v.number(),
  imagesTrained: index,
  /** The final weights on the test split; null until measured, and for ever if the flora has none. */
  testEvaluation: v.nullable(Evaluation),
  /** Train photos in an epoch: with the configuration it says where the phases end (`phasesOf`). */
  samplesPerEpoch: index,
  /** At the ends of phases that are through, as far as they are measured; by step. */
  phaseEvaluations: v.array(Evaluation),
  /** The run and step that it was forked from. */
  origin: v.nullable(v.object({ run: RunId, name: v.string(), step: index })),
  rollbacks: v.array(v.object({ at: v.string(), from: index, to: index, changed: v.array(v.string()) })),
  /** The photos that it is trained on. */
  flora: v.object({ name: Slug, hash: Hash, species: index }),
  initialWeights: v.nullable(PinnedWeights),
})
export type RunDetail = v.InferOutput<typeof RunDetail>

/** `GET /api/runs/:id/history` */
export const RunHistory = v.object({
  steps: v.array(
    v.object({
      step: index,
      epoch: v.number(),
      loss: v.number(),
      accuracy: v.number(),
      seconds: v.number(),
      learningRate: v.number(),
    }),
  ),
  evaluations: v.array(Evaluation),
  /** The oldest first: steps of before are gone from the curves. */
  rollbacks: v.array(v.object({ from: index, to: index })),
})
export type RunHistory = v.InferOutput<typeof RunHistory>

/** `POST /api/runs/:id/state` (operator) */
export const PutRunState = v.object({ state: v.picklist(['running', 'paused', 'stopped']) })

/** `POST /api/runs/:id/priority` (operator) */
export const PutPriority = v.strictObject({ priority: v.pipe(index, v.maxValue(9)) })
