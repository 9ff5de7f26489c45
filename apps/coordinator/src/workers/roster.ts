/** The workers that are or were here: what they are, whether they are connected, what they have given. Kept in memory only. */
import { randomBytes } from 'node:crypto'
import { GOLDEN_HASH } from '@worldflora/model/golden-hash'
import type { WorkerId } from '@worldflora/protocol/ids'
import type { JoinRequest } from '@worldflora/protocol/messages'
import type { WorkerSummary } from '@worldflora/protocol/operator'
import type { HeldLease } from '../conductor.ts'
import { ownerOf, secretOf } from './worker-secret.ts'

export type RosterEntry = {
  id: WorkerId
  host: JoinRequest['host']
  device: JoinRequest['device']
  deterministic: boolean
  /** The connection that speaks for it; null while it is away. */
  connectionId: string | null
  images: number
  imagesPerSecond: number | null
  joinedAt: Date
}

/** Those away the longest are forgotten first. */
const AWAY_KEPT = 200

export class Roster {
  readonly #key: Buffer
  /** Ordered by their last coming or going. */
  readonly #entries = new Map<WorkerId, RosterEntry>()
  #connected = 0

  constructor(key: Buffer) {
    this.#key = key
  }

  get connected(): number {
    return this.#connected
  }

  /** A valid identity is kept, anything else gets a new one. `replaced` is a connection that spoke for it until now. */
  join(
    { host, device, identity }: JoinRequest,
    connectionId: string,
    now: Date,
  ): { entry: RosterEntry; secret: string; isNew: boolean; replaced: string | null } {
    const proven =
      identity !== undefined && ownerOf(identity.secret, this.#key) === identity.workerId
        ? identity.workerId
        : null
    const id = proven ?? (randomBytes(9).toString('base64url') as WorkerId)
    const known = this.#entries.get(id)
    const replaced = known?.connectionId ?? null
    if (replaced === null) this.#connected++
    const deterministic = device.goldenHash === GOLDEN_HASH
    const entry: RosterEntry = {
      ...(known ?? { images: 0, imagesPerSecond: null, joinedAt: now }),
      id,
      host,
      device,
      deterministic,
      connectionId,
    }
    this.#move(entry)
    return {
      entry,
      secret: secretOf(id, this.#key),
      isNew: known === undefined,
      replaced: replaced === connectionId ? null : replaced,
    }
  }

  /** False if another connection speaks for the worker by now. */
  leave(id: WorkerId, connectionId: string): boolean {
    const entry = this.#entries.get(id)
    if (entry?.connectionId !== connectionId) return false
    this.#connected--
    entry.connectionId = null
    this.#move(entry)
    const away = [...this.#entries.values()].filter((other) => other.connectionId === null)
    for (const other of away.slice(0, Math.max(0, away.length - AWAY_KEPT))) this.#entries.delete(other.id)
    return true
  }

  bearer(secret: string): WorkerId | null {
    return ownerOf(secret, this.#key)
  }

  connectionOf(id: WorkerId): string | null {
    return this.#entries.get(id)?.connectionId ?? null
  }

  notePace(id: WorkerId, imagesPerSecond: number): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined) entry.imagesPerSecond = imagesPerSecond
  }

  noteImages(id: WorkerId, images: number): void {
    const entry = this.#entries.get(id)
    if (entry !== undefined) entry.images += images
  }

  summaries(leasesOf: (id: WorkerId) => HeldLease[], nameOf: (runId: string) => string): WorkerSummary[] {
    return [...this.#entries.values()].map((entry) => {
      const lease = leasesOf(entry.id).at(-1)
      return {
        id: entry.id,
        host: entry.host,
        backend: entry.device.backend,
        deterministic: entry.deterministic,
        connected: entry.connectionId !== null,
        working:
          lease === undefined
            ? null
            : {
                run: nameOf(lease.runId),
                kind: lease.tasks[0]!.kind,
                step: lease.tasks[0]!.step,
                tasks: lease.tasks.length,
              },
        images: entry.images,
        imagesPerSecond: entry.imagesPerSecond,
        joinedAt: entry.joinedAt.toISOString(),
      }
    })
  }

  #move(entry: RosterEntry): void {
    this.#entries.delete(entry.id)
    this.#entries.set(entry.id, entry)
  }
}
