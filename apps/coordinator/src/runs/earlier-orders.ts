/**
 * PH1: what is still to be measured of an earlier phase's checkpoints gets them whole: to a worker, all deltas are of the phase that
 * its lease describes.
 */

import { phaseAt } from '@worldflora/protocol/phases'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { putWhole } from './averaged-weights.ts'
import { reroute, type Stores } from './mending.ts'
import { openOrders, type RunBook } from './run-book.ts'
import { phasesOfRun } from './run-layout.ts'
import { weightsOfRun } from './weights-at.ts'

export async function wholeForEarlierOrders(at: Stores, book: RunBook): Promise<null | Rejection> {
  const { record, checkpoints } = book
  const { firstStep } = phaseAt(phasesOfRun(record), checkpoints.at(-1)!.step)
  for (const { checkpoint: way } of openOrders(book)) {
    if (way.base.step >= firstStep || way.deltas.length === 0) continue
    const weights = await weightsOfRun(at.blobs, record, way)
    if (isRejection(weights)) return weights
    const whole = await at.keeping.add(() => putWhole(at.blobs, way.step, weights))
    await reroute(at, book, whole)
  }
  return null
}
