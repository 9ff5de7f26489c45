/** What the parts of runs/ work with. */
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { Clock } from '../clock.ts'
import type { TaskResult } from '../conductor.ts'
import type { CoreEvent, Effect } from '../core/events.ts'
import type { Journal } from '../journal.ts'
import type { Queue } from '../queue.ts'
import type { Reducer } from '../reduction/reducer.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { Store } from '../store/store.ts'
import type { Unwritten } from '../store/unwritten.ts'
import type { Floras } from './floras.ts'

export type Surroundings = {
  store: Store
  blobs: BlobStore
  optimizerStates: BlobStore
  reducer: Reducer
  floras: Floras
  clock: Clock
  journal: Journal
  unwritten: Unwritten
  /** Writes of blobs with their rows, and deletions: one at a time, or one run deletes what another is about to name. */
  keeping: Queue
  say(event: CoreEvent, result?: TaskResult): Effect[]
  /** Something that /api/status shows is different now. */
  noteChange(): void
  /** It is the published one now. */
  noteModel(model: PublishedModel): void
  /** A bug: nothing here can go on. */
  fail(error: unknown): void
}
