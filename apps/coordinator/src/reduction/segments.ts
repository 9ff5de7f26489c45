/**
 * How a run's vector is cut, so that threads can share it: into the segments of a partial sum, and these into parts, each with a
 * memory of its own. No buffer has to hold a whole vector, however large.
 */
import { SEGMENT_VALUES, type Segment, segmentsOf } from '@worldflora/protocol/partial-sum'

export { SEGMENT_VALUES, type Segment, segmentsOf }

/** 16 Mi values: 128 MiB of sums. */
export const SEGMENTS_PER_PART = 256

/** Segments from `first` up to `end`. */
export type Slice = { first: number; end: number }
