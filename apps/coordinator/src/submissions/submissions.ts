/**
 * The queue of photos that visitors gave: taken in (photos first, then their row, then the answer), decided by the operator, and what was
 * rejected is deleted once that can no longer be undone. Whether photos are fit to be kept is settled before they come here.
 */
import { randomBytes } from 'node:crypto'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Species } from '@worldflora/protocol/species'
import {
  type Decision,
  refuseSubmission,
  type SeveralDecided,
  type Statement,
  SUBMISSION_LIMITS,
  type Submission,
  type SubmissionList,
  type SubmissionState,
} from '@worldflora/protocol/submissions'
import type { Logger } from 'pino'
import type { Alarm, Clock } from '../clock.ts'
import type { GivenPhoto } from '../identify/given-photo.ts'
import { Queue } from '../queue.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { Store, SubmissionDecision, SubmissionRecord } from '../store/store.ts'
import { sweep } from '../store/sweep.ts'
import { speciesOf, wholeSpeciesOf } from './submitted-species.ts'

/** Of submissions that nobody has decided; bytes also of those that can still be brought back. */
export const QUEUE_LIMITS = { submissions: 500, bytes: 1 << 30 } as const
export const UNDO_MS = 3_600_000
/** What could not be deleted is tried again after. */
const RETRY_MS = 60_000

export type SubmissionParts = { store: Store; photos: BlobStore; clock: Clock; log: Logger }

export class Submissions {
  readonly #parts: SubmissionParts
  /** One change at a time: no photo is deleted between being stored and being named by a row. */
  readonly #changes = new Queue()
  readonly #deleting: Alarm
  #dueMs: number | null = null

  constructor(parts: SubmissionParts) {
    this.#parts = parts
    this.#deleting = parts.clock.alarm(() => {
      this.#dueMs = null
      void this.sweep()
    })
  }

  /** What a sender may be told before they have sent anything; null: there is room. */
  async full(): Promise<Rejection | null> {
    const { waiting, rejected } = await this.#parts.store.countSubmissions()
    const isFull =
      waiting.submissions >= QUEUE_LIMITS.submissions || waiting.bytes + rejected.bytes >= QUEUE_LIMITS.bytes
    if (!isFull) return null
    return refuseSubmission(
      'queue-full',
      'So many photos wait to be looked at here that no more are taken.',
      'Keep yours, and send them in some days.',
    )
  }

  /** `photos` in the order of the statement's organs. Durable when it resolves. */
  take(
    statement: Statement,
    photos: readonly GivenPhoto[],
    model: PublishedModel,
  ): Promise<Submission | Rejection> {
    return this.#changes.add(async () => {
      const full = await this.full()
      if (full !== null) return full
      try {
        return await this.#store(statement, photos, model)
      } catch (error) {
        // Photos without a row count for nobody: they must not pile up until the next start.
        void this.sweep()
        throw error
      }
    })
  }

  async #store(
    { named, said, organs, licence, author, flora, model: namedBy }: Statement,
    photos: readonly GivenPhoto[],
    model: PublishedModel,
  ): Promise<Submission> {
    const stored: SubmissionRecord['photos'] = []
    for (const [i, { jpeg, width, height }] of photos.entries()) {
      const blob = await this.#parts.photos.put(jpeg)
      stored.push({ blob, bytes: jpeg.byteLength, width, height, organ: organs[i] ?? null })
    }
    const record = {
      id: randomBytes(12).toString('hex'),
      at: this.#parts.clock.date().toISOString(),
      state: 'waiting',
      flora,
      model: namedBy,
      named: named === null ? null : { species: speciesOf(model, named.species)!, score: named.score },
      said: said === null ? null : speciesOf(model, said),
      species: null,
      photos: stored,
      licence,
      author,
      decidedAt: null,
    } satisfies Omit<SubmissionRecord, 'number'>
    const number = await this.#parts.store.insertSubmission(record)
    return shown({ ...record, number })
  }

  async list(state: SubmissionState, after: number | null): Promise<SubmissionList> {
    const { store } = this.#parts
    const [counts, records] = await Promise.all([
      store.countSubmissions(),
      store.listSubmissions({ state, after, limit: SUBMISSION_LIMITS.listed + 1 }),
    ])
    return {
      counts: {
        waiting: counts.waiting.submissions,
        accepted: counts.accepted.submissions,
        rejected: counts.rejected.submissions,
      },
      submissions: records.slice(0, SUBMISSION_LIMITS.listed).map(shown),
      isMore: records.length > SUBMISSION_LIMITS.listed,
    }
  }

  /** `model`: whose flora species are accepted of; null: none is published. */
  decide(id: string, decision: Decision, model: PublishedModel | null): Promise<Submission | Rejection> {
    return this.#changes.add(async () => {
      const { store, clock } = this.#parts
      const record = await store.submission(id)
      if (record === null) return noSubmission(id)
      const species = decision.decision === 'accept' ? acceptable(decision.species, record, model) : null
      if (decision.decision === 'accept' && species === null) {
        return reject(
          'unknown-species',
          `The flora of the published model has no species ${decision.species}.`,
          'Choose one that it has.',
        )
      }
      const decided = decidedNow(decision.decision, species, clock)
      await store.decideSubmission(id, decided)
      if (decided.state === 'rejected') this.#deleteAfter(UNDO_MS)
      return shown({ ...record, ...decided })
    })
  }

  /** Only those that are as the operator saw them; the ids of these. */
  decideSeveral({ decision, submissions }: SeveralDecided): Promise<string[]> {
    return this.#changes.add(async () => {
      const { store, clock } = this.#parts
      const from = decision === 'reject' ? 'waiting' : 'rejected'
      const decided = await store.decideSubmissions(submissions, from, decidedNow(decision, null, clock))
      if (decision === 'reject' && decided.length > 0) this.#deleteAfter(UNDO_MS)
      return decided
    })
  }

  async photo(id: string, index: number): Promise<Uint8Array<ArrayBuffer> | Rejection> {
    const record = await this.#parts.store.submission(id)
    const photo = record?.photos[index]
    const bytes = photo === undefined ? null : await this.#parts.photos.get(photo.blob)
    return bytes ?? noSubmission(id)
  }

  /** Deletes what was rejected long enough ago, and photos that no submission names. What fails is tried again, or left to the next start. */
  sweep(): Promise<void> {
    return this.#changes.add(async () => {
      const { store, photos, clock, log } = this.#parts
      try {
        const gone = await store.deleteRejected(new Date(clock.date().getTime() - UNDO_MS))
        const swept = await sweep(photos, await store.submissionPhotosInUse())
        if (gone + swept > 0) log.info({ submissions: gone, photos: swept }, 'deleted rejected submissions')
        const next = await store.earliestRejection()
        if (next !== null) this.#deleteAfter(Date.parse(next) + UNDO_MS - clock.date().getTime())
      } catch {
        // The guard has noted why.
        this.#deleteAfter(RETRY_MS)
      }
    })
  }

  async close(): Promise<void> {
    this.#deleting.set(null)
    await this.#changes.drained()
  }

  /** Unless it is to be earlier anyhow. */
  #deleteAfter(delayMs: number): void {
    const atMs = this.#parts.clock.nowMs() + delayMs
    if (this.#dueMs !== null && this.#dueMs <= atMs) return
    this.#dueMs = atMs
    this.#deleting.set(atMs)
  }
}

const STATE_AFTER = { accept: 'accepted', reject: 'rejected', undecide: 'waiting' } as const

function decidedNow(
  decision: Decision['decision'],
  species: Species | null,
  clock: Clock,
): SubmissionDecision {
  const decidedAt = decision === 'undecide' ? null : clock.date().toISOString()
  return { state: STATE_AFTER[decision], species, decidedAt }
}

/** It may be one that the flora has no more, if the submission is about it. */
function acceptable(
  id: string,
  { said, named, species }: SubmissionRecord,
  model: PublishedModel | null,
): Species | null {
  const current = model === null ? null : wholeSpeciesOf(model, id)
  return current ?? [said, named?.species ?? null, species].find((one) => one?.id === id) ?? null
}

function shown({ photos, ...record }: SubmissionRecord): Submission {
  return { ...record, photos: photos.map(({ blob: _, ...photo }) => photo) }
}

function noSubmission(id: string): Rejection {
  return reject(
    'no-submission',
    `There is no submission ${id}, or not all of it.`,
    'It may have been rejected an hour ago or more: look at the queue again.',
  )
}
