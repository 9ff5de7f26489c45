/** A published model at work, in a tab as on a server: its weights, and its calibration once it has one. */
import type { Calibration } from '@worldflora/protocol/calibration'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { headsOf } from './calibration/heads.ts'
import { featureCount } from './parameters.ts'
import { createPredictor, type Predictor } from './prediction.ts'
import { type PublishedWeights, readPublished } from './published-weights.ts'

/** Needs an open backend. Checks that did not come whole are done without. */
export function openPublished(model: {
  architecture: Architecture
  classes: number
  calibration: Calibration | null
  weights: PublishedWeights
  /** Of the calibration; null: there are none, or they are lost. */
  heads: Uint8Array | null
}): Predictor | Rejection {
  const { architecture, classes, calibration } = model
  const weights = readPublished(model.weights, architecture, classes)
  if (isRejection(weights)) return weights
  const heads =
    calibration && model.heads ? headsOf(calibration, model.heads, featureCount(architecture)) : null
  return createPredictor({
    architecture,
    classes,
    weights,
    temperature: calibration?.temperature,
    heads: heads === null || isRejection(heads) ? undefined : heads,
  })
}
