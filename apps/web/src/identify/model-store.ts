/**
 * The published model on this device: its description and weights are kept in the Cache store, so that they are there
 * without a network. A newer model is taken when the page is opened with a network, once it is here whole.
 */
import { hashOf } from '@worldflora/protocol/hash'
import { PublishedModel } from '@worldflora/protocol/http'
import * as v from 'valibot'

const CACHE = 'published-model'
const DESCRIPTION = '/api/model'

export type LocalModel = { description: PublishedModel; weights: Float32Array; kept: boolean }
export type LoadProgress = (loadedBytes: number, totalBytes: number) => void

/** null: no model has been published yet. Throws when there is neither a network nor a kept model. */
export async function loadModel(onProgress: LoadProgress): Promise<LocalModel | null> {
  const cache = 'caches' in globalThis ? await caches.open(CACHE).catch(() => null) : null
  const response = await fetch(DESCRIPTION, { cache: 'no-cache' }).catch(() => null)
  if (response?.status === 404) return null
  const usable = response?.ok ? response : await cache?.match(DESCRIPTION)
  if (usable === undefined)
    throw new Error('The site cannot be reached, and no model is kept on this device yet.')
  const description = v.parse(PublishedModel, await usable.clone().json())
  const path = `/blobs/${description.weights.blob}`
  const keptWeights = await cache?.match(path)
  const bytes = keptWeights
    ? new Uint8Array(await keptWeights.arrayBuffer())
    : await download(path, description.weights.bytes, onProgress)
  if (hashOf(bytes) !== description.weights.blob) {
    await cache?.delete(path)
    throw new Error('The model did not arrive whole. Load this page again.')
  }
  const kept = cache !== null && (await keep(cache, description, path, bytes))
  return { description, weights: new Float32Array(bytes.slice().buffer), kept }
}

/** The weights first, then the description that names them, then away with older weights. */
async function keep(
  cache: Cache,
  description: PublishedModel,
  path: string,
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    if ((await cache.match(path)) === undefined)
      await cache.put(path, new Response(bytes as Uint8Array<ArrayBuffer>))
    await cache.put(DESCRIPTION, Response.json(description))
    for (const request of await cache.keys()) {
      const { pathname } = new URL(request.url)
      if (pathname !== path && pathname !== DESCRIPTION) await cache.delete(request)
    }
    return true
  } catch {
    // No room on this device: the model works now, but not without a network.
    return false
  }
}

async function download(path: string, totalBytes: number, onProgress: LoadProgress): Promise<Uint8Array> {
  const response = await fetch(path)
  if (!response.ok || response.body === null)
    throw new Error(`The model could not be fetched (${response.status}).`)
  const bytes = new Uint8Array(totalBytes)
  let loaded = 0
  const reader = response.body.getReader()
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (loaded + part.value.byteLength > totalBytes)
      throw new Error('The model is larger than was announced.')
    bytes.set(part.value, loaded)
    loaded += part.value.byteLength
    onProgress(loaded, totalBytes)
  }
  return bytes.subarray(0, loaded)
}
