/** What the work on a lease is done with. */
import type { Device } from '@worldflora/protocol/messages'
import type { ActivityBoard } from './activity.ts'
import type { BlobCaches } from './blob-cache.ts'
import type { BlobSource } from './blob-source.ts'
import type { CheckpointTrail } from './checkpoint-trail.ts'
import type { Clock } from './clock.ts'
import type { ComputeSeat } from './compute-seat.ts'
import type { Delivery } from './delivery.ts'
import type { PaceLimit } from './pace-limit.ts'
import type { Paces } from './paces.ts'
import type { ResultPush } from './result-push.ts'
import type { Supplied } from './supplied.ts'

export type LeaseTools = {
  device: Device
  seat: ComputeSeat
  source: BlobSource
  push: ResultPush
  caches: BlobCaches
  trail: CheckpointTrail
  supplied: Supplied
  board: ActivityBoard
  clock: Clock
  /** In images, of the tasks computed. */
  paces: Paces
  limit: PaceLimit
  photosShown: number
  onDelivery(delivery: Delivery): void
}
