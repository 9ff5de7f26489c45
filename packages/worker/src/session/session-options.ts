/** What a host gives to a session, and what it gets from it. */
import type { JoinRequest } from '@worldflora/protocol/messages'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { Activity, MissingFeature } from './activity.ts'
import type { BlobCaches } from './blob-cache.ts'
import type { Clock } from './clock.ts'
import type { BackendChoice, ComputeThread } from './compute-port.ts'
import type { IdentityStore } from './identity.ts'
import type { TrialMemory } from './trial-memory.ts'

export type SessionOptions = {
  /** The coordinator's address, for the socket and for HTTP. */
  url: string
  host: JoinRequest['host']
  /** The build of the site that a tab runs. */
  build?: string
  backend?: BackendChoice
  spawnCompute(): ComputeThread
  /** Default: a GPU is tried each time. */
  trials?: TrialMemory
  caches: BlobCaches
  identity: IdentityStore
  onActivity(activity: Activity): void
  missing?: readonly MissingFeature[]
  /** How many of a task's photos are shown in its activity. */
  photosShown?: number
  /** The volunteer's own: to compute no more than this. Default: none. */
  imagesPerSecondLimit?: number
  clock?: Clock
}

/** A rejection says why there is no more work for this worker: 'protocol-mismatch', 'build-mismatch', 'worker-unfit', ... */
export type SessionOutcome = { kind: 'stopped' } | Rejection

export type Session = {
  /** At once: the computation is ended, the lease given back. */
  stop(): Promise<void>
  done: Promise<SessionOutcome>
}
