/**
 * Who this tab is to the coordinator, kept over a reload. It lies in sessionStorage only while the page is away: a
 * duplicated tab copies what lies there, and two tabs must not be one worker.
 */
import { JoinRequest } from '@worldflora/protocol/messages'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import type { Identity, IdentityStore } from '../session/identity.ts'

const KEY = 'worldflora-worker'

/** One for each seat of the tab's crew. */
export class TabIdentities {
  readonly #storage: Storage | null
  readonly #held = new Map<number, Identity | null>()

  /** null: the browser forbids it; then a reload is a new worker. */
  constructor(storage: Storage | null) {
    this.#storage = storage
  }

  /** Who takes the seat again is the same worker. */
  ofSeat(index: number): IdentityStore {
    const key = keyOf(index)
    if (!this.#held.has(index)) this.#held.set(index, parse(this.#storage?.getItem(key) ?? null))
    this.#storage?.removeItem(key)
    return {
      load: () => this.#held.get(index) ?? null,
      save: (identity) => void this.#held.set(index, identity),
    }
  }

  /** For when the page goes away. */
  leaveForReload(): void {
    for (const [index, identity] of this.#held) {
      if (identity !== null) this.#storage?.setItem(keyOf(index), JSON.stringify(identity))
    }
  }
}

function keyOf(seat: number): string {
  return seat === 0 ? KEY : `${KEY}-${seat}`
}

export function sessionStorageOrNull(): Storage | null {
  try {
    return globalThis.sessionStorage ?? null
  } catch {
    return null
  }
}

function parse(text: string | null): Identity | null {
  if (text === null) return null
  try {
    const identity = parseOrReject(JoinRequest.entries.identity, JSON.parse(text), 'the identity kept')
    return identity === undefined || isRejection(identity) ? null : identity
  } catch {
    return null
  }
}
