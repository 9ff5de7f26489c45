/**
 * When a step's loss means that the run diverges (DV2): when it is three times what guessing costs. Early noise, a hard batch
 * and a spike that passes stay below that, also those of a rate that is hot but learns; a run that blows up does not.
 */
import { naturalLog } from '@worldflora/protocol/natural-log'

/** So many of the last losses are looked at. */
export const LOSSES_JUDGED = 64
const FACTOR = 3
/** Among few classes guessing is cheap, and one hard batch costs as much. */
const LEAST_GUESSING = 2

/** `recentLosses`: of the steps before, the oldest first. */
export function isExploding(loss: number, recentLosses: readonly number[], classes: number): boolean {
  return !(loss <= explosionLimit(recentLosses, classes))
}

/**
 * The largest loss that is taken for noise. A step whose loss exploded is only kept when the operator said so: from then on
 * losses are held against those since (DV3). Thus the losses alone tell, and a restart judges as before.
 */
export function explosionLimit(recentLosses: readonly number[], classes: number): number {
  const guessing = Math.max(lossOfGuessing(classes), LEAST_GUESSING)
  let limit = FACTOR * guessing
  let sinceAccepted: number[] | null = null
  for (const loss of recentLosses) {
    if (loss > limit) sinceAccepted = [loss]
    else sinceAccepted?.push(loss)
    if (sinceAccepted !== null) limit = FACTOR * Math.max(median(sinceAccepted), guessing)
  }
  return limit
}

/** -ln(1 / classes), of two classes at least. */
export function lossOfGuessing(classes: number): number {
  return naturalLog(Math.max(classes, 2))
}

/** Of none at all there is no median: callers have one value at least. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]!
}
