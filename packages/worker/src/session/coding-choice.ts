/** How a contribution is written for the worker's uplink: coding it costs time, which only a slow link gives back. */
import type { Coding } from '@worldflora/protocol/partial-sum'

/** Above 20 MB/s (a local network, this machine) the bytes are gone sooner than they are coded. */
const FAST_BYTES_PER_SECOND = 20_000_000

/** null: not measured yet. */
export function codingFor(uploadBytesPerSecond: number | null): Coding {
  return uploadBytesPerSecond !== null && uploadBytesPerSecond > FAST_BYTES_PER_SECOND ? 'plain' : 'coded'
}
