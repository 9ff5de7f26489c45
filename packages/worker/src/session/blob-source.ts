/**
 * Blobs by hash: from the cache, else from the coordinator, never more bytes than announced, and checked on arrival. What is
 * corrupted is asked for once more past every cache on the way, then given up.
 */
import { engineHashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { BlobCache } from './blob-cache.ts'
import { type Attempts, type Unreachable, unreachable } from './http-attempts.ts'
import { unlessAborted } from './unless-aborted.ts'

const CORRUPTIONS_ACCEPTED = 1

export type BlobRef = { hash: Hash; bytes: number }

export class BlobSource {
  readonly #url: string
  readonly #attempts: Attempts
  readonly #onBytesDown: (bytes: number) => void
  readonly #underWay = new Map<Hash, Promise<Uint8Array | Rejection>>()

  constructor(url: string, attempts: Attempts, onBytesDown: (bytes: number) => void) {
    this.#url = url
    this.#attempts = attempts
    this.#onBytesDown = onBytesDown
  }

  async get(blob: BlobRef, cache: BlobCache, signal: AbortSignal): Promise<Uint8Array | Rejection> {
    const cached = await cache.get(blob.hash)
    if (cached !== null) return cached
    // Somebody else here may be fetching it. If they give up, that says nothing for this one.
    const others = this.#underWay.get(blob.hash)?.catch(() => null)
    const shared = others === undefined ? null : await unlessAborted(others, signal)
    if (shared instanceof Uint8Array) return shared
    const fetching = this.#fetch(blob, cache, signal)
    this.#underWay.set(blob.hash, fetching)
    try {
      return await fetching
    } finally {
      if (this.#underWay.get(blob.hash) === fetching) this.#underWay.delete(blob.hash)
    }
  }

  async #fetch(blob: BlobRef, cache: BlobCache, signal: AbortSignal): Promise<Uint8Array | Rejection> {
    for (let corruptions = 0; corruptions <= CORRUPTIONS_ACCEPTED; corruptions++) {
      const bytes = await this.#attempts.run(signal, () => this.#download(blob, corruptions > 0, signal))
      if (isRejection(bytes)) return bytes
      if ((await engineHashOf(bytes)) !== blob.hash) continue
      await cache.put(blob.hash, bytes)
      return bytes
    }
    return reject(
      'corrupted-blob',
      `${blob.hash} arrived corrupted, twice.`,
      "Check the network, and the coordinator's disk.",
    )
  }

  async #download(
    blob: BlobRef,
    pastCaches: boolean,
    signal: AbortSignal,
  ): Promise<Uint8Array | Rejection | Unreachable> {
    const response = await fetch(new URL(`/blobs/${blob.hash}`, this.#url), {
      signal,
      cache: pastCaches ? 'reload' : 'default',
    })
    if (response.status >= 500) return unreachable(`status ${response.status}`)
    if (!response.ok) {
      return reject(
        'blob-missing',
        `The coordinator has no blob ${blob.hash} (${response.status}).`,
        'Ask its operator.',
      )
    }
    return this.#read(response, blob)
  }

  async #read(response: Response, blob: BlobRef): Promise<Uint8Array | Rejection> {
    const bytes = new Uint8Array(blob.bytes)
    let filled = 0
    if (response.body === null) return bytes
    const reader = response.body.getReader()
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (filled + part.value.length > bytes.length) {
        await reader.cancel()
        return reject(
          'blob-oversize',
          `${blob.hash} is longer than the ${blob.bytes} bytes announced.`,
          'Ask the operator.',
        )
      }
      bytes.set(part.value, filled)
      filled += part.value.length
      this.#onBytesDown(part.value.length)
    }
    return bytes.subarray(0, filled)
  }
}
