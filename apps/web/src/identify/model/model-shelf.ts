/**
 * The published model on this device: its description and its weights, kept in Cache Storage for when there is no network.
 * The description is asked for each time; weights are named by their hash and never asked for twice. For the Web Worker.
 */
import { hashOf } from '@worldflora/protocol/hash'
import { PublishedModel } from '@worldflora/protocol/http'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'

const SHELF = 'identifier-models'
const DESCRIPTION = '/api/model'

export type ShelvedModel = {
  model: PublishedModel
  weights: Uint8Array
  /** Of its calibration; null if it has none, or they could not be fetched: it works without. */
  heads: Uint8Array | null
  /** Whether both are kept for when there is no network. */
  kept: boolean
}

export const NO_MODEL = reject(
  'no-model',
  'There is no model yet: none has been published on this site.',
  'Come back when a training run has published one, or help to train it.',
)

/** `onBytes` is told how far the weights have come. */
export async function fetchModel(
  onBytes: (done: number, total: number) => void,
): Promise<ShelvedModel | Rejection> {
  const shelf = await openShelf()
  const description = await describe(shelf)
  if (isRejection(description)) return description
  const { model, source } = description
  const path = `/blobs/${model.weights.blob}`
  const heads = await fetchHeads(shelf, model)
  const held = await shelf?.match(path)
  if (held !== undefined) {
    const weights = new Uint8Array(await held.arrayBuffer())
    if (hashOf(weights) === model.weights.blob) {
      if (source !== null) await shelf?.put(DESCRIPTION, source)
      return { model, weights, heads, kept: true }
    }
    await shelf?.delete(path)
  }
  const weights = await download(path, model, onBytes)
  if (isRejection(weights)) return weights
  return { model, weights, heads, kept: await keep(shelf, { path, weights, source }, headsPath(model)) }
}

function headsPath({ calibration }: PublishedModel): string | null {
  return calibration?.heads ? `/blobs/${calibration.heads.blob}` : null
}

/** A few kilobytes: from the shelf, else from the site. */
async function fetchHeads(shelf: Cache | null, model: PublishedModel): Promise<Uint8Array | null> {
  const path = headsPath(model)
  if (path === null) return null
  const isWhole = (bytes: Uint8Array) => hashOf(bytes) === model.calibration!.heads!.blob
  try {
    const held = await shelf?.match(path)
    const kept = held === undefined ? null : new Uint8Array(await held.arrayBuffer())
    if (kept !== null && isWhole(kept)) return kept
    const response = await fetch(path)
    if (!response.ok) return null
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (!isWhole(bytes)) return null
    await shelf?.put(path, new Response(bytes)).catch(() => {})
    return bytes
  } catch {
    return null
  }
}

/** null where there is no Cache Storage (plain http), or the browser refuses it. */
async function openShelf(): Promise<Cache | null> {
  if (!('caches' in globalThis)) return null
  return caches.open(SHELF).catch(() => null)
}

/** From the site, else from the shelf. `source` is the site's answer, to be kept. */
async function describe(
  shelf: Cache | null,
): Promise<{ model: PublishedModel; source: Response | null } | Rejection> {
  const answer = await fetch(DESCRIPTION, { cache: 'no-store' }).catch(() => null)
  if (answer?.status === 404) return NO_MODEL
  const fresh = answer?.ok === true ? answer : null
  const kept = fresh === null ? await shelf?.match(DESCRIPTION) : undefined
  const response = fresh ?? kept
  if (response === undefined) return OUT_OF_REACH
  const source = fresh === null ? null : fresh.clone()
  const body: unknown = await response.json().catch(() => null)
  if (body === null) return NO_MODEL
  const model = parseOrReject(PublishedModel, body, 'the model’s description')
  return isRejection(model) ? model : { model, source }
}

const OUT_OF_REACH = reject(
  'unreachable',
  'The site does not answer, and no model is kept on this device yet.',
  'Check the connection and try again; after the first use this page needs no network.',
)

async function download(
  path: string,
  model: PublishedModel,
  onBytes: (done: number, total: number) => void,
): Promise<Uint8Array | Rejection> {
  const total = model.weights.bytes
  const weights = new Uint8Array(total)
  let done = 0
  try {
    const response = await fetch(path)
    if (!response.ok || response.body === null) return brokenDownload(`the site answered ${response.status}`)
    const reader = response.body.getReader()
    for (;;) {
      const { value, done: ended } = await reader.read()
      if (ended) break
      if (done + value.byteLength > total) return brokenDownload('it is longer than announced')
      weights.set(value, done)
      done += value.byteLength
      onBytes(done, total)
    }
  } catch {
    return brokenDownload('the connection was lost')
  }
  return hashOf(weights) === model.weights.blob ? weights : brokenDownload('it came damaged')
}

function brokenDownload(why: string): Rejection {
  return reject(
    'download-failed',
    `The model could not be fetched: ${why}.`,
    'Check the connection and try again.',
  )
}

/** The newest model takes the place of all others. A full disk is no failure: it works, but not offline. */
async function keep(
  shelf: Cache | null,
  { path, weights, source }: { path: string; weights: Uint8Array; source: Response | null },
  heads: string | null,
): Promise<boolean> {
  if (shelf === null || source === null) return false
  try {
    await shelf.put(path, new Response(weights as BodyInit))
    await shelf.put(DESCRIPTION, source)
    for (const { url } of await shelf.keys()) {
      const other = new URL(url).pathname
      if (other !== path && other !== DESCRIPTION && other !== heads) await shelf.delete(other)
    }
    return true
  } catch {
    return false
  }
}
