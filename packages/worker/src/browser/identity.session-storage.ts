/**
 * Who this tab is to the coordinator, kept over a reload. It lies in sessionStorage only while the page is away: a
 * duplicated tab copies what lies there, and two tabs must not be one worker.
 */
import { JoinRequest } from '@worldflora/protocol/messages'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import type { Identity, IdentityStore } from '../session/identity.ts'

const KEY = 'worldflora-worker'

export type TabIdentity = IdentityStore & {
  /** For when the page goes away. */
  leaveForReload(): void
}

/** `storage` null: the browser forbids it; then a reload is a new worker. */
export function identityInSessionStorage(storage: Storage | null): TabIdentity {
  let held = parse(storage?.getItem(KEY) ?? null)
  storage?.removeItem(KEY)
  return {
    load: () => held,
    save: (identity) => {
      held = identity
    },
    leaveForReload: () => {
      if (held !== null) storage?.setItem(KEY, JSON.stringify(held))
    },
  }
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
