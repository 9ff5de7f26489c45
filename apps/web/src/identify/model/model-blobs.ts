/** The blobs that a published model is opened from here: its weights, and what comes with them. */
import { partsOf } from '@worldflora/model/published-weights'
import type { Hash } from '@worldflora/protocol/ids'
import type { PublishedModel } from '@worldflora/protocol/published-model'

export function blobsOf(model: PublishedModel): Hash[] {
  const extras = [model.calibration?.heads, model.places].filter((extra) => extra != null)
  return [...partsOf(model).parts.map(({ blob }) => blob), ...extras.map(({ blob }) => blob)]
}
