/** SHA-256 that also works where browsers give no crypto.subtle (plain http on a LAN). */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import type { Hash } from './ids.ts'

export function hashOf(bytes: Uint8Array): Hash {
  return bytesToHex(sha256(bytes)) as Hash
}

/** The same by the engine where it can (not over plain http), several times as fast. */
export async function engineHashOf(bytes: Uint8Array): Promise<Hash> {
  const subtle = globalThis.crypto?.subtle
  if (subtle === undefined) return hashOf(bytes)
  return bytesToHex(new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))) as Hash
}

export function hashOfText(text: string): Hash {
  return hashOf(new TextEncoder().encode(text))
}

/** JSON with sorted keys and no spaces: equal values have equal text, hence equal hashes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`)
  return `{${fields.join(',')}}`
}
