/**
 * Whose programs may ask /v2, and how often: keys by the hash of their secret, each with a number of identifications a day (UTC) and, if
 * wanted, the origins of the pages that may use it. What is asked at every request is in memory; the store has it too.
 */
import { randomBytes } from 'node:crypto'
import type { ApiKeySummary, MadeApiKey, MakeApiKey } from '@worldflora/protocol/api-keys'
import type { Hash } from '@worldflora/protocol/ids'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Clock } from '../clock.ts'
import { sha256 } from '../store/blob-store.files.ts'
import type { ApiKeyRecord, ApiUse, Store } from '../store/store.ts'
import type { Unwritten } from '../store/unwritten.ts'

const MOST_KEYS = 1000
const DAY_MS = 24 * 3_600_000

export class ApiKeys {
  readonly #store: Store
  readonly #unwritten: Unwritten
  readonly #clock: Clock
  #keys: Promise<Map<Hash, ApiKeyRecord>> | null = null
  readonly #used = new Map<ApiKeyRecord['id'], { day: string; use: Promise<ApiUse> }>()

  constructor(store: Store, unwritten: Unwritten, clock: Clock) {
    this.#store = store
    this.#unwritten = unwritten
    this.#clock = clock
  }

  async make({ name, dailyQuota, origins }: MakeApiKey): Promise<MadeApiKey | Rejection> {
    const keys = await this.#all()
    if (keys.size >= MOST_KEYS) {
      return reject('too-many-keys', `There are ${MOST_KEYS} keys already.`, 'Use one that there is.')
    }
    const key = randomBytes(24).toString('base64url')
    const record: ApiKeyRecord = {
      id: randomBytes(6).toString('hex'),
      hash: hashOf(key),
      name,
      dailyQuota,
      origins,
      createdAt: this.#clock.date().toISOString(),
      revokedAt: null,
    }
    await this.#store.insertApiKey(record)
    keys.set(record.hash, record)
    return { ...summaryOf(record, 0), key }
  }

  /** The newest first. */
  async list(): Promise<ApiKeySummary[]> {
    const records = [...(await this.#all()).values()].reverse()
    return Promise.all(
      records.map(async (record) => summaryOf(record, (await this.#usedToday(record)).identifications)),
    )
  }

  /** From now on it is as unknown as any other. */
  async revoke(id: string): Promise<ApiKeySummary | Rejection> {
    const keys = await this.#all()
    const record = [...keys.values()].find((key) => key.id === id)
    if (record === undefined) return reject('no-key', `There is no key ${id}.`, 'Look at the list of keys.')
    if (record.revokedAt === null) {
      const at = this.#clock.date()
      await this.#store.revokeApiKey(id, at)
      record.revokedAt = at.toISOString()
    }
    return summaryOf(record, (await this.#usedToday(record)).identifications)
  }

  /** null: there is none like that, or it was revoked. */
  async find(secret: string): Promise<ApiKeyRecord | null> {
    const key = (await this.#all()).get(hashOf(secret))
    return key === undefined || key.revokedAt !== null ? null : key
  }

  /** One identification more; null if today's are used up. What is returned gives it back: it came to nothing. */
  async take(key: ApiKeyRecord): Promise<(() => void) | null> {
    const used = await this.#usedToday(key)
    if (used.identifications >= key.dailyQuota) return null
    const count = (one: 1 | -1) => {
      used.identifications += one
      this.#write(key, used)
    }
    count(1)
    return () => count(-1)
  }

  async remaining(key: ApiKeyRecord): Promise<number> {
    return Math.max(0, key.dailyQuota - (await this.#usedToday(key)).identifications)
  }

  /** By day, from one to another, both included; days without use are left out. */
  async uses(key: ApiKeyRecord, from: string, to: string): Promise<ApiUse[]> {
    const today = { ...(await this.#usedToday(key)) }
    const stored = await this.#store.apiUsesOf(key.id, from, to)
    const others = stored.filter(({ day }) => day !== today.day)
    const isAsked = from <= today.day && today.day <= to && today.identifications > 0
    return isAsked ? [...others, today].sort((a, b) => (a.day < b.day ? -1 : 1)) : others
  }

  today(): string {
    return this.#clock.date().toISOString().slice(0, 10)
  }

  secondsUntilTomorrow(): number {
    const now = this.#clock.date().getTime()
    return Math.ceil((DAY_MS - (now % DAY_MS)) / 1000)
  }

  #all(): Promise<Map<Hash, ApiKeyRecord>> {
    this.#keys ??= this.#store.listApiKeys().then(
      (records) => new Map(records.map((record) => [record.hash, record])),
      (error: unknown) => {
        this.#keys = null
        throw error
      },
    )
    return this.#keys
  }

  /** Of several that ask at once, one asks the store. */
  #usedToday({ id }: ApiKeyRecord): Promise<ApiUse> {
    const day = this.today()
    const known = this.#used.get(id)
    if (known?.day === day) return known.use
    const use = this.#read(id, day)
    this.#used.set(id, { day, use })
    use.catch(() => this.#used.get(id)?.use === use && this.#used.delete(id))
    return use
  }

  async #read(id: string, day: string): Promise<ApiUse> {
    const [stored] = await this.#store.apiUsesOf(id, day, day)
    return { day, identifications: stored?.identifications ?? 0 }
  }

  #write({ id }: ApiKeyRecord, used: ApiUse): void {
    // A later number takes this one's place where it waits.
    this.#unwritten.add(`use of key ${id} on ${used.day}`, () => this.#store.setApiUse(id, { ...used }))
  }
}

function summaryOf({ hash: _, ...record }: ApiKeyRecord, usedToday: number): ApiKeySummary {
  return { ...record, usedToday }
}

function hashOf(secret: string): Hash {
  return sha256(Buffer.from(secret))
}
