/**
 * Port: the rows that a coordinator must not lose. Every method is one transaction and durable when it resolves; bytes
 * are in the blob store, and are there before a row names them (CK1).
 */

import type { LogEvent, PublishedModel } from '@worldflora/protocol/http'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { CheckpointRef, Evaluation, RunState, Split } from '@worldflora/protocol/messages'
import type { RunConfig } from '@worldflora/protocol/run-config'

export type RunRecord = {
  id: RunId
  config: RunConfig
  flora: { name: string; hash: Hash; species: number }
  unitExponent: number
  /** The plan's. */
  steps: number
  samplesPerEpoch: number
  state: RunState
  /** Why it is paused. */
  reason: string | null
}

export type BlobRef = { blob: Hash; bytes: number }

/** The weights after `step` steps, by what is kept of them. */
export type CheckpointRecord = {
  step: number
  checkpoint: Hash
  base: BlobRef | null
  /** From the step before. */
  delta: BlobRef | null
  optimizerState: Hash | null
}

/** What happened in the step that led to checkpoint `step`. */
export type StepRecord = {
  step: number
  epoch: number
  samples: number
  seconds: number
  loss: number
  accuracy: number
  learningRate: number
}

export type PendingEvaluation = { step: number; split: Split; checkpoint: CheckpointRef }

export type StepOutcome = {
  runId: RunId
  record: StepRecord
  checkpoint: CheckpointRecord
  /** Due at this checkpoint: never forgotten, for they become rows with it. */
  evaluations: PendingEvaluation[]
  finished: boolean
}

export type Totals = { seconds: number; samples: number }

export type Store = {
  /** In the order of their making. */
  listRuns(): Promise<RunRecord[]>
  insertRun(run: RunRecord, first: CheckpointRecord): Promise<void>
  setRunState(runId: RunId, state: RunState, reason: string | null): Promise<void>

  recordStep(outcome: StepOutcome): Promise<void>
  /** At most `limit`, evenly chosen, the last one included; by step. */
  stepsOf(runId: RunId, limit: number): Promise<StepRecord[]>
  totalsOf(runId: RunId): Promise<Totals>

  /** By step. */
  checkpointsOf(runId: RunId): Promise<CheckpointRecord[]>
  /** Forgets the checkpoints before `beforeStep`, and the optimizer states before `statesBeforeStep`. */
  forgetCheckpoints(runId: RunId, beforeStep: number, statesBeforeStep: number): Promise<void>
  /** Every public blob that a checkpoint, a pending evaluation or one of the last two models needs. */
  blobsInUse(): Promise<Set<Hash>>
  optimizerStatesInUse(): Promise<Set<Hash>>

  pendingEvaluations(runId: RunId): Promise<PendingEvaluation[]>
  recordEvaluation(runId: RunId, evaluation: Evaluation): Promise<void>
  /** By step. */
  evaluationsOf(runId: RunId): Promise<Evaluation[]>

  /** Name to manifest. */
  listFloras(): Promise<{ name: string; hash: Hash }[]>
  putFlora(name: string, hash: Hash): Promise<void>

  publishModel(model: PublishedModel): Promise<void>
  latestModel(): Promise<PublishedModel | null>

  /** A session is kept by the hash of its secret. */
  insertSession(hash: Hash, now: Date, expiresAt: Date): Promise<void>
  hasSession(hash: Hash, now: Date): Promise<boolean>
  deleteSession(hash: Hash): Promise<void>

  appendEvent(event: LogEvent): Promise<void>
  /** Newest first. */
  listEvents(limit: number): Promise<LogEvent[]>

  close(): Promise<void>
}
