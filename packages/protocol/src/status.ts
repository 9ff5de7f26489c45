/** What a site says of itself to everybody. */
import * as v from 'valibot'
import { Hash } from './ids.ts'
import { RunStatus } from './runs.ts'
import { index } from './whole-number.ts'

/** `GET /api/status` */
export const Status = v.object({
  version: v.string(),
  protocol: index,
  build: v.string(),
  workers: index,
  runs: v.array(RunStatus),
  model: v.nullable(
    v.object({
      id: v.string(),
      checkpoint: Hash,
      species: index,
      isCalibrated: v.optional(v.boolean(), false),
    }),
  ),
  /** The data folder cannot be read or written; absent when all is well. `model` may then be unknown (null). */
  trouble: v.optional(v.object({ message: v.string(), action: v.string() })),
})
export type Status = v.InferOutput<typeof Status>
