/**
 * The published model at work: which it is, its weights in shared memory, and photos of one plant to scores. A new publication is taken
 * up by the next request; those under way end with the model they began with.
 */
import { showsPlant, suggestedOrgan } from '@worldflora/model/calibration'
import type { Look } from '@worldflora/model/prediction'
import { fuse } from '@worldflora/model/ranking'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Alarm, Clock } from '../clock.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { Store } from '../store/store.ts'
import type { GivenPhoto } from './given-photo.ts'
import type { SharedModel } from './jobs.ts'
import { weightsOfModel } from './model-weights.ts'
import type { PhotoReaders } from './photo-readers.ts'

/** Requests at a time, those that wait and those whose photos are still coming included. */
const MOST_REQUESTS = 64
/** Of them for one key: what a browser's key is used for by others does not shut out everybody else. */
const MOST_OF_ONE = 48
/** After so long without a photo the threads end, and give their memory back. */
const IDLE_MS = 15 * 60_000

export type IdentifierParts = {
  store: Pick<Store, 'latestModel'>
  blobs: Pick<BlobStore, 'get'>
  clock: Clock
  readers: PhotoReaders
}

/** Too much is to be done: after how many seconds to ask again. */
export type Busy = { kind: 'busy'; retryAfterSeconds: number }

export function isBusy(value: object): value is Busy {
  return 'kind' in value && value.kind === 'busy'
}

/** `photo` is the position of the one that could not be opened. */
export type UnopenedPhoto = Rejection & { photo: number }

export type Scores = {
  scores: Float32Array
  /** Also where the model cannot tell. */
  isPlant: boolean
  /** What each photo shows; null: the model knows no organs. */
  organs: ({ name: string; score: number } | null)[]
}

type OpenModel = { shared: SharedModel; users: number }

export class Identifier {
  readonly #parts: IdentifierParts
  readonly #idle: Alarm
  #published: PublishedModel | null = null
  #opening: { id: string; opened: Promise<OpenModel | Rejection> } | null = null
  #requests = 0
  readonly #requestsOf = new Map<string, number>()

  constructor(parts: IdentifierParts) {
    this.#parts = parts
    this.#idle = parts.clock.alarm(() => {
      if (this.#requests === 0) void this.#parts.readers.close()
    })
  }

  /** Another model is the published one from now on. */
  take(model: PublishedModel): void {
    this.#published = model
  }

  /** It has its calibration now; another may have been published meanwhile. */
  takeCalibrated(model: PublishedModel): void {
    if (this.#published === null || this.#published.id === model.id) this.#published = model
  }

  /** null: none is published yet. */
  async published(): Promise<PublishedModel | null> {
    if (this.#published === null) {
      const stored = await this.#parts.store.latestModel()
      // One that was published meanwhile is later.
      this.#published ??= stored
    }
    return this.#published
  }

  /** Does `job` unless there is too much to do, or too much for `who` alone. */
  async admit<T>(who: string, job: () => Promise<T>): Promise<T | Busy> {
    const own = this.#requestsOf.get(who) ?? 0
    if (this.#requests >= MOST_REQUESTS || own >= MOST_OF_ONE) {
      return { kind: 'busy', retryAfterSeconds: Math.max(1, Math.ceil(this.#parts.readers.waitMs() / 1000)) }
    }
    this.#requests++
    this.#requestsOf.set(who, own + 1)
    try {
      return await job()
    } finally {
      this.#requests--
      this.#countDown(who)
      this.#idle.set(this.#parts.clock.nowMs() + IDLE_MS)
    }
  }

  #countDown(who: string): void {
    const left = this.#requestsOf.get(who)! - 1
    if (left === 0) this.#requestsOf.delete(who)
    else this.#requestsOf.set(who, left)
  }

  /** One plant from one to five photos of it, each the bytes of a file. */
  async scoresOf(
    model: PublishedModel,
    photos: readonly Uint8Array[],
  ): Promise<Scores | Rejection | UnopenedPhoto> {
    const opened = await this.#open(model)
    if (isRejection(opened)) return opened
    opened.users++
    try {
      const answers = await Promise.allSettled(
        photos.map((photo) => this.#parts.readers.read(opened.shared, photo)),
      )
      const looks: Look[] = []
      for (const [photo, answer] of answers.entries()) {
        if (answer.status === 'rejected') throw answer.reason
        if (isRejection(answer.value)) return { ...answer.value, photo }
        looks.push(answer.value)
      }
      return {
        scores: fuse(looks.map((look) => look.scores)),
        isPlant: showsPlant(model.calibration, looks) ?? true,
        organs: looks.map((look) => suggestedOrgan(model.calibration, look)),
      }
    } finally {
      opened.users--
      this.#dropUnlessUsed(opened)
    }
  }

  /** Photos that a visitor gives, as they may be kept; or why one of them may not. */
  async fitToKeep(photos: readonly Uint8Array[]): Promise<GivenPhoto[] | Rejection> {
    const fitted = await Promise.allSettled(photos.map((photo) => this.#parts.readers.fitToKeep(photo)))
    const kept: GivenPhoto[] = []
    for (const photo of fitted) {
      if (photo.status === 'rejected') throw photo.reason
      if (isRejection(photo.value)) return photo.value
      kept.push(photo.value)
    }
    return kept
  }

  async close(): Promise<void> {
    this.#idle.set(null)
    await this.#parts.readers.close()
  }

  async #open(model: PublishedModel): Promise<OpenModel | Rejection> {
    const before = this.#opening
    const id = sharedId(model)
    if (before?.id === id) return before.opened
    const opened = this.#share(model)
    // A request that began with an older model does not bring it back.
    if (this.#published === null || sharedId(this.#published) !== id) return opened
    this.#opening = { id, opened }
    const outcome = await opened
    if (isRejection(outcome) && this.#opening?.id === id) this.#opening = null
    const previous = await before?.opened
    if (previous !== undefined && !isRejection(previous)) this.#dropUnlessUsed(previous)
    return outcome
  }

  #dropUnlessUsed({ shared: { id }, users }: OpenModel): void {
    if (users === 0 && this.#opening?.id !== id) this.#parts.readers.forget(id)
  }

  async #share(model: PublishedModel): Promise<OpenModel | Rejection> {
    const weights = await weightsOfModel(this.#parts.blobs, model)
    if (weights === null) {
      return reject(
        'model-damaged',
        'The published model is missing or damaged.',
        'The operator has to publish one again.',
      )
    }
    const { architecture, species, calibration } = model
    const heads = calibration?.heads ? await this.#parts.blobs.get(calibration.heads.blob) : null
    const shared = { architecture, classes: species.length, weights, calibration, heads }
    return { shared: { id: sharedId(model), ...shared }, users: 0 }
  }
}

/** With its calibration a model is another one to the threads. */
function sharedId({ id, calibration }: PublishedModel): string {
  return calibration === null ? id : `${id} calibrated`
}
