/** What an evaluation's rows amount to. Knows no tensor library: the coordinator adds up what the workers send. */
import type { EvaluateResult, Evaluation } from '@worldflora/protocol/evaluation'

export type Measured = Pick<Evaluation, 'photos' | 'top1' | 'top5' | 'macroTop1'> & {
  loss: number
  observations: { top1: number; top5: number; loss: number }
}

/** A true species that was given less than this counts as having been given this, so that one photo cannot make the loss infinite. */
const LEAST_PROBABILITY = 1e-9

/**
 * Of all rows together: the share of photos whose species was the best (top1) or among the five best (top5); the mean over
 * the species present of each species' own top1 (macroTop1); the mean of -ln of the truth's probability (loss); and the
 * same shares and loss of observations with all their photos fused. Everything is 0 where there are no rows. Every species is
 * below `classes`.
 */
export function measure(rows: readonly EvaluateResult['photos'][], classes: number): Measured {
  const photosOf = new Uint32Array(classes)
  const rightOf = new Uint32Array(classes)
  let top5 = 0
  let loss = 0
  let observations = 0
  let observationsTop1 = 0
  let observationsTop5 = 0
  let observationsLoss = 0
  for (const photo of rows.flat()) {
    photosOf[photo.species]!++
    if (photo.rank === 0) rightOf[photo.species]!++
    if (photo.rank < 5) top5++
    loss += lossOf(photo)
    const { fused } = photo
    if (fused === undefined) continue
    observations++
    if (fused.rank === 0) observationsTop1++
    if (fused.rank < 5) observationsTop5++
    observationsLoss += lossOf(fused)
  }
  const photos = photosOf.reduce((sum, count) => sum + count, 0)
  const top1 = rightOf.reduce((sum, count) => sum + count, 0)
  return {
    photos,
    top1: share(top1, photos),
    top5: share(top5, photos),
    macroTop1: macro(photosOf, rightOf),
    loss: share(loss, photos),
    observations: {
      top1: share(observationsTop1, observations),
      top5: share(observationsTop5, observations),
      loss: share(observationsLoss, observations),
    },
  }
}

function lossOf({ probability }: { probability: number }): number {
  return -Math.log(Math.min(1, Math.max(LEAST_PROBABILITY, probability)))
}

function macro(photosOf: Uint32Array, rightOf: Uint32Array): number {
  let present = 0
  let sum = 0
  for (const [species, photos] of photosOf.entries()) {
    if (photos === 0) continue
    present++
    sum += rightOf[species]! / photos
  }
  return share(sum, present)
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}
