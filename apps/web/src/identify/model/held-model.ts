/**
 * A published model in this Web Worker's hands: from the shelf without asking anybody, or from the site, which may have a newer one
 * (QW4, QW5).
 */
import { type PublishedWeights, partsOf, placesIn } from '@worldflora/model/published-weights'
import { canonicalJson } from '@worldflora/protocol/hash'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { askForDescription } from './description.ts'
import { download, type OnBytes } from './download.ts'
import { type Extras, fetchExtras, keptExtras } from './extras.ts'
import type { Shelf } from './shelf.ts'

export type HeldModel = {
  model: PublishedModel
  weights: PublishedWeights
  extras: Extras
  /** Whether it is on the shelf, for when there is no network. */
  isKept: boolean
}

/** The newest on the shelf; null: none is whole. What is missing or damaged is fetched with the next. */
export async function takeFromShelf(shelf: Shelf): Promise<HeldModel | null> {
  const model = await shelf.newest()
  if (model === null) return null
  const { form, parts, bytes: total } = partsOf(model)
  const bytes = new Uint8Array(total)
  for (const { blob, into } of placesIn(bytes, parts)) {
    const part = await shelf.blob(blob)
    if (part?.byteLength !== into.byteLength) return null
    into.set(part)
  }
  return { model, weights: { form, bytes }, extras: await keptExtras(shelf, model), isKept: true }
}

/** The site's. `onBytes` is told how far the weights have come. */
export async function fetchNewest(shelf: Shelf, onBytes: OnBytes): Promise<HeldModel | Rejection> {
  const model = await askForDescription()
  return isRejection(model) ? model : fetchModel(shelf, model, onBytes)
}

/** One that the site describes otherwise than `known`; null: there is none. */
export async function fetchNewer(shelf: Shelf, known: PublishedModel): Promise<HeldModel | null | Rejection> {
  const model = await askForDescription()
  if (isRejection(model)) return model
  return canonicalJson(model) === canonicalJson(known) ? null : fetchModel(shelf, model, () => {})
}

async function fetchModel(
  shelf: Shelf,
  model: PublishedModel,
  onBytes: OnBytes,
): Promise<HeldModel | Rejection> {
  const parts = partsOf(model)
  const extras = await fetchExtras(shelf, model)
  const weights = await download(shelf, parts, onBytes)
  if (isRejection(weights)) return weights
  const { bytes } = weights
  const isKept = weights.isKept ? await shelf.settle(model) : await keepAlone(shelf, model, bytes)
  return { model, weights: { form: parts.form, bytes }, extras, isKept }
}

/** There may be room for one model and no second: now that this one is whole, the one before goes. */
async function keepAlone(
  shelf: Shelf,
  model: PublishedModel,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  await shelf.makeRoomFor(model)
  for (const { blob, into } of placesIn(bytes, partsOf(model).parts)) {
    if (!(await shelf.has(blob)) && !(await shelf.put(blob, into))) return false
  }
  return shelf.settle(model)
}
