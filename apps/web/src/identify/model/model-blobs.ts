/** The blobs that a published model is opened from here: its weights, and the heads of its calibration. */
import { partsOf } from '@worldflora/model/published-weights'
import type { PublishedModel } from '@worldflora/protocol/http'
import type { Hash } from '@worldflora/protocol/ids'

export function blobsOf(model: PublishedModel): Hash[] {
  const heads = model.calibration?.heads
  return [...partsOf(model).parts.map(({ blob }) => blob), ...(heads ? [heads.blob] : [])]
}
