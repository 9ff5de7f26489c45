/**
 * Where a device keeps models for when there is no network: Cache Storage, blobs by their hash and the description of the newest model
 * that is whole. Knows no network. For the Web Worker.
 */
import { engineHashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import { blobsOf } from './model-blobs.ts'

const NAME = 'identifier-models'
const DESCRIPTION = '/api/model'

export type Shelf = {
  /** False where the browser keeps nothing: plain http, some private windows. */
  exists: boolean
  /** The description that was kept last; whether its blobs are still there is another matter. */
  newest(): Promise<PublishedModel | null>
  /** Whole; a damaged one is dropped. */
  blob(hash: Hash): Promise<Uint8Array<ArrayBuffer> | null>
  has(hash: Hash): Promise<boolean>
  /** False: there is no room. */
  put(hash: Hash, bytes: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** The model, whose blobs are all here, is the newest from now on; what others had goes. False: there is no room. */
  settle(model: PublishedModel): Promise<boolean>
  /** What the model does not need goes, the description included. */
  makeRoomFor(model: PublishedModel): Promise<void>
}

export async function openShelf(): Promise<Shelf> {
  const cache = 'caches' in globalThis ? await caches.open(NAME).catch(() => null) : null
  return cache === null ? NO_SHELF : shelfIn(cache)
}

function shelfIn(cache: Cache): Shelf {
  const place = async (path: string, body: BodyInit) => {
    try {
      await cache.put(path, new Response(body))
      return true
    } catch {
      return false
    }
  }

  async function dropAllBut(paths: ReadonlySet<string>): Promise<void> {
    for (const request of await cache.keys()) {
      if (!paths.has(new URL(request.url).pathname)) await cache.delete(request)
    }
  }

  return {
    exists: true,

    async newest() {
      const kept = await cache.match(DESCRIPTION)
      const body: unknown = await kept?.json().catch(() => null)
      const model = parseOrReject(PublishedModel, body, 'the kept description')
      return isRejection(model) ? null : model
    },

    async blob(hash) {
      const kept = await cache.match(pathOf(hash))
      if (kept === undefined) return null
      const bytes = new Uint8Array(await kept.arrayBuffer())
      if ((await engineHashOf(bytes)) === hash) return bytes
      await cache.delete(pathOf(hash))
      return null
    },

    has: async (hash) => (await cache.match(pathOf(hash))) !== undefined,

    put: (hash, bytes) => place(pathOf(hash), bytes),

    async settle(model) {
      if (!(await place(DESCRIPTION, JSON.stringify(model)))) return false
      await dropAllBut(new Set([DESCRIPTION, ...blobsOf(model).map(pathOf)]))
      return true
    },

    makeRoomFor: (model) => dropAllBut(new Set(blobsOf(model).map(pathOf))),
  }
}

const pathOf = (hash: Hash) => `/blobs/${hash}`

const NO_SHELF: Shelf = {
  exists: false,
  newest: async () => null,
  blob: async () => null,
  has: async () => false,
  put: async () => false,
  settle: async () => false,
  makeRoomFor: async () => {},
}
