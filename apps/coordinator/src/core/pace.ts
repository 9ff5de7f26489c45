/** How long a worker may take: from the speed that it has measured over its last tasks, generous as long as it has none. */
import type { Material } from '@worldflora/protocol/task-images'
import type { WorkerState } from './worker-state.ts'

const FIRST_LEASE_MS = 120_000
const FIRST_LEASE_MS_PER_IMAGE = 1000
const SHORTEST_LEASE_MS = 20_000
const LONGEST_LEASE_MS = 3_600_000
/** However large a run's tasks are: a device that is through with an image in so long can do them. */
const LONGEST_LEASE_MS_PER_IMAGE = 2000
/** A worker may be so much slower than it has been before its lease ends. */
const SLACK = 6
/** A poor connection, 250 kB/s: what is missing has to be downloaded within the lease as well. */
const SLOW_BYTES_PER_MS = 250

export function expectedMs(imagesPerSecond: number, images: number): number {
  return Math.round((1000 * images) / imagesPerSecond)
}

/** Each deadline a worker has missed in a row doubles the next: a slow device gets there in the end. */
export function leaseDurationMs(
  { paces, missedDeadlines }: Pick<WorkerState, 'paces' | 'missedDeadlines'>,
  work: { material: Material; images: number; missingBytes: number },
): number {
  const pace = paces[work.material]
  const computeMs =
    pace === null
      ? Math.max(FIRST_LEASE_MS, FIRST_LEASE_MS_PER_IMAGE * work.images)
      : Math.max(SHORTEST_LEASE_MS, SLACK * expectedMs(pace, work.images))
  const fetchMs = Math.ceil(work.missingBytes / SLOW_BYTES_PER_MS)
  const longestMs = Math.max(LONGEST_LEASE_MS, LONGEST_LEASE_MS_PER_IMAGE * work.images)
  return Math.min(longestMs, (computeMs + fetchMs) * 2 ** Math.min(missedDeadlines, 10))
}
