/**
 * Who is the operator: whoever holds the process's token (commands, as a bearer), or a session that was opened with it or
 * with a link's one-time token (browsers, as a cookie). Secrets are kept by their hash.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Hash } from '@worldflora/protocol/ids'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

export const SESSION_MS = 30 * 24 * 3_600_000
const LINK_MS = 24 * 3_600_000
const LINKS_KEPT = 100

export class OperatorAccess {
  readonly #token: string
  readonly #store: Store
  readonly #clock: Clock
  /** Hash of a link's token to its end. */
  readonly #links = new Map<Hash, number>()

  constructor(token: string, store: Store, clock: Clock) {
    this.#token = token
    this.#store = store
    this.#clock = clock
  }

  isToken(given: string): boolean {
    return timingSafeEqual(digest(given), digest(this.#token))
  }

  /** Good for one login. */
  makeLink(): string {
    const token = randomBytes(24).toString('base64url')
    this.#links.set(hashOf(token), this.#clock.nowMs() + LINK_MS)
    for (const oldest of [...this.#links.keys()].slice(0, -LINKS_KEPT)) this.#links.delete(oldest)
    return token
  }

  /** The new session's secret; null for a wrong, used or expired token. */
  async login(given: string): Promise<string | null> {
    if (!this.isToken(given) && !this.#useLink(given)) return null
    const secret = randomBytes(32).toString('base64url')
    const now = this.#clock.date()
    await this.#store.insertSession(hashOf(secret), now, new Date(now.getTime() + SESSION_MS))
    return secret
  }

  hasSession(secret: string): Promise<boolean> {
    return this.#store.hasSession(hashOf(secret), this.#clock.date())
  }

  logout(secret: string): Promise<void> {
    return this.#store.deleteSession(hashOf(secret))
  }

  #useLink(token: string): boolean {
    const hash = hashOf(token)
    const endsAtMs = this.#links.get(hash)
    this.#links.delete(hash)
    return endsAtMs !== undefined && endsAtMs > this.#clock.nowMs()
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function hashOf(text: string): Hash {
  return digest(text).toString('hex') as Hash
}
