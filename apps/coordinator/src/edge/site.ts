/** What the routes and sockets work with: the coordinator behind the edge. */
import type { Logger } from 'pino'
import type { ApiKeys } from '../api-keys/api-keys.ts'
import type { Clock } from '../clock.ts'
import type { Conductor } from '../conductor.ts'
import type { HealthWatch } from '../health.ts'
import type { Identifier } from '../identify/identifier.ts'
import type { ReferencePhotos } from '../identify/reference-photos.ts'
import type { Journal } from '../journal.ts'
import type { Reducer } from '../reduction/reducer.ts'
import type { Floras } from '../runs/floras.ts'
import type { RunWork } from '../runs/run-work.ts'
import type { Runs } from '../runs/runs.ts'
import type { BlobStore } from '../store/blob-store.ts'
import type { StorageHealth } from '../store/storage-health.ts'
import type { Store } from '../store/store.ts'
import type { Submissions } from '../submissions/submissions.ts'
import type { Roster } from '../workers/roster.ts'
import type { OperatorAccess } from './operator-access.ts'
import type { TrustedProxies } from './trusted-proxies.ts'

export type Site = {
  version: string
  /** Of the pages that are served; null if there are none. */
  build: string | null
  store: Store
  blobs: BlobStore
  floras: Floras
  runs: Runs
  runWork: RunWork
  conductor: Conductor
  roster: Roster
  reducer: Reducer
  identifier: Identifier
  references: ReferencePhotos
  apiKeys: ApiKeys
  submissions: Submissions
  /** From which photos are fetched by their addresses. */
  imageHosts: readonly string[]
  /** They know whose address it is that asks. */
  proxies: TrustedProxies
  journal: Journal
  /** Of the data folder. */
  storage: StorageHealth
  operator: OperatorAccess
  clock: Clock
  health: HealthWatch
  log: Logger
}
