/** The frame of a partial sum: its header and its table of segments. Read on the event loop, because it is small. */
import {
  blockTableBytes,
  PARTIAL_SUM_HEADER_BYTES,
  type PartialSumKind,
  prefixBytes,
  readPartialSumHeader,
  segmentsOf,
} from '@worldflora/protocol/partial-sum'
import type { Body } from './body.ts'
import type { Contribution } from './contribution.ts'

/** More than any way of coding 65,536 values takes. */
const MOST_SEGMENT_BYTES = (2 << 20) - 4096

/** In words: what is wrong with it. */
export function readFrame(body: Body, expected: PartialSumKind, tasks: number): Contribution | string {
  const prefix = prefixBytes(expected)
  if (body.length < prefix) return 'it ends before its table of segments does'
  const bytes = body.read(0, prefix)
  const header = readPartialSumHeader(bytes, expected)
  if (typeof header === 'string') return header
  if (header.tasks !== tasks) return `it sums ${header.tasks} tasks where ${tasks} are named`
  const segments = segmentsOf(expected)
  const lengths = new Uint32Array(bytes.buffer, PARTIAL_SUM_HEADER_BYTES, segments.length)
  const offsets = new Uint32Array(segments.length + 1)
  let at = prefix
  for (const [index, segment] of segments.entries()) {
    const length = lengths[index]!
    if (length % 4 !== 0 || length < blockTableBytes(segment) || length > MOST_SEGMENT_BYTES) {
      return `segment ${index} cannot have ${length} bytes`
    }
    offsets[index] = at
    at += length
  }
  offsets[segments.length] = at
  if (at !== body.length) return `it has ${body.length} bytes where its segments need ${at}`
  return { coding: header.coding, tasks, offsets, ...body.paged() }
}
