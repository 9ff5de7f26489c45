/** What the threads of identification are told and asked. */

import type { Look } from '@worldflora/model/prediction'
import type { Calibration } from '@worldflora/protocol/calibration'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import type { GivenPhoto } from './given-photo.ts'
import type { SharedWeights } from './model-weights.ts'

/** A published model as threads have it: the weights, in the form in which they were published, lie in memory once for all of them. */
export type SharedModel = {
  id: string
  architecture: Architecture
  classes: number
  weights: SharedWeights
  calibration: Calibration | null
  /** Of its calibration; null: there are none, or they are lost, and are done without. */
  heads: Uint8Array | null
}

/** One photo: those of one plant are computed beside each other. */
export type Job =
  | { kind: 'look'; model: SharedModel['id']; photo: Uint8Array }
  /** One that a visitor gives: no model is needed. */
  | { kind: 'fit-to-keep'; photo: Uint8Array }

export type Answer = Look | Rejection
export type Fitted = GivenPhoto | Rejection

export type ToThread =
  /** Comes before the model's first job. */
  | { kind: 'model-opened'; model: SharedModel }
  /** Comes after its last. */
  | { kind: 'model-closed'; id: SharedModel['id'] }
  | { kind: 'job'; id: number; job: Job }

export type FromThread = { id: number; answer: Answer | Fitted; milliseconds: number }
