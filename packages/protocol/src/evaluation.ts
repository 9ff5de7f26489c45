/** How good weights are: on which photos, measured how, and what a worker sends so that it can be measured. */
import * as v from 'valibot'
import { index } from './whole-number.ts'

export const Split = v.picklist(['train', 'val', 'test'])
export type Split = v.InferOutput<typeof Split>

export const Measures = v.object({
  top1: v.number(),
  top5: v.number(),
  macroTop1: v.number(),
  loss: v.optional(v.number()),
})
export const Evaluation = v.object({
  step: index,
  split: Split,
  photos: index,
  /** How many parts of each photo were looked at; absent: the one in the middle. */
  crops: v.optional(index),
  ...Measures.entries,
  /** With all photos of each fused. `loss` is missing in evaluations of before it was measured. */
  observations: v.object({ top1: v.number(), top5: v.number(), loss: v.optional(v.number()) }),
})
export type Evaluation = v.InferOutput<typeof Evaluation>

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1.0001))
/** What the network said, as far as measures need it. */
const Answer = v.object({
  /** Of the true species, 0 for the best. */
  rank: index,
  /** Given to the true species. */
  probability,
  /** The five best species with theirs, the best first. */
  best: v.pipe(v.array(v.tuple([index, probability])), v.maxLength(5)),
})

/** Body of `PUT /api/leases/:leaseId/result` for an evaluate task: one row a photo, in the task's order. */
export const EvaluateResult = v.object({
  photos: v.pipe(
    v.array(
      v.object({
        species: index,
        observation: v.pipe(v.string(), v.maxLength(200)),
        ...Answer.entries,
        /** To all photos of the observation, fused; on an observation's first photo only. */
        fused: v.optional(Answer),
      }),
    ),
    v.maxLength(65_536),
  ),
})
export type EvaluateResult = v.InferOutput<typeof EvaluateResult>
