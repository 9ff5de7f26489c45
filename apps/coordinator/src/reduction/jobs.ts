/** What the threads of the reduction are told and asked. */
import type { RunId } from '@worldflora/protocol/ids'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { Contribution } from './contribution.ts'
import type { OpenReduction, ReducedStep } from './reducer.ts'
import type { Slice } from './segments.ts'
import type { SharedSums } from './sums.ts'

/** Told to every thread; holds for all jobs after it. */
export type News =
  | { kind: 'room-grew'; buffer: SharedArrayBuffer }
  | { kind: 'sums-made'; runId: RunId; sums: SharedSums }
  | { kind: 'run-closed'; runId: RunId }

/** Of the run's sums, nobody else is at work on the `slice` at the time. */
export type Job =
  | { kind: 'inspect'; contribution: Contribution; expected: PartialSumKind; slice: Slice }
  | { kind: 'add'; runId: RunId; contributions: Contribution[]; slice: Slice }
  | { kind: 'take-means'; runId: RunId; samples: number; slice: Slice }
  | { kind: 'clear'; runId: RunId; slice: Slice }
  /** Only for the run's home thread. */
  | { kind: 'open-run'; run: OpenReduction }
  | { kind: 'update'; runId: RunId; step: number }

export type Answer = null | ReducedStep | Rejection

export type ToThread = { kind: 'news'; news: News } | { kind: 'job'; id: number; job: Job }
export type FromThread = { id: number; answer: Answer }
