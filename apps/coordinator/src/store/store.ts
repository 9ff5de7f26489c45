/**
 * Port: the rows that a coordinator must not lose. Every method is one transaction and durable when it resolves; bytes
 * are in the blob store, and are there before a row names them (CK1).
 */

import type { Calibration } from '@worldflora/protocol/calibration'
import type { Evaluation, Split } from '@worldflora/protocol/evaluation'
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import type { LogEvent } from '@worldflora/protocol/operator'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { PinnedWeights, RunState } from '@worldflora/protocol/runs'
import type { Submission, SubmissionState } from '@worldflora/protocol/submissions'

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
  /** What it was forked from. */
  origin: Origin | null
  /** The oldest first. */
  rollbacks: Rollback[]
  settings: RunSettings
  /** null: its weights of step 0 were drawn from the seed. */
  initialWeights: InitialWeights | null
  /** How its features are cut (FE1): what is drawn for a view depends on the photo's place in its part. */
  imagesPerPart: number
}

export type Origin = { run: RunId; name: string; step: number }
/** `from`: the step that the run was at; `changed`: fields of its configuration. */
export type Rollback = { at: string; from: number; to: number; changed: string[] }

/** Kept for as long as the run is, so that it can be begun again. `hash` is the manifest's. */
export type InitialWeights = PinnedWeights & { blobs: BlobRef[] }

/** The operator's, and none that decides the result. */
export type RunSettings = {
  /** 0 to 9: a run gets twice the share of one that is a priority below. */
  priority: number
  /** So many of the newest milestones are kept. */
  newestKept: number
}
export const DEFAULT_SETTINGS: RunSettings = { priority: 0, newestKept: 3 }

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

/** A checkpoint that is kept whole, as the blob of its own name, with its optimizer state (null: before the first step). */
export type Milestone = { step: number; checkpoint: Hash; bytes: number; optimizerState: Hash | null }

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
  milestone: Milestone | null
  finished: boolean
}

/** Back to a checkpoint, whose bytes are durable; the run is as `run` says from then on. */
export type ReturnToStep = {
  run: RunRecord
  to: CheckpointRecord
  /** Orders that cannot be carried out, of whatever step. */
  lostFeatures: readonly { step: number; split: Split }[]
}
/** What was dropped: rows of later steps, results of their evaluations, evaluations that were still to come, and features. */
export type Dropped = { steps: number; evaluations: number; pending: number; features: number }

/** `result` null: not all parts are in. */
export type FeaturesRecord = {
  step: number
  split: Split
  checkpoint: CheckpointRef
  result: FeaturesResult | null
}
export type FeaturesResult = { manifest: BlobRef; parts: BlobRef[]; photos: number; dims: number }

/** What a program asks /v2 with, by the hash of its secret. Times are ISO 8601. */
export type ApiKeyRecord = {
  id: string
  hash: Hash
  name: string
  dailyQuota: number
  origins: string[]
  createdAt: string
  revokedAt: string | null
}

/** `day`: as `2026-11-26`, of UTC. */
export type ApiUse = { day: string; identifications: number }

/** As the operator is told of it, with where its photos' bytes are. */
export type SubmissionRecord = Omit<Submission, 'photos'> & {
  photos: { blob: Hash; bytes: number; width: number; height: number; organ: string | null }[]
}
export type SubmissionDecision = {
  state: SubmissionState
  species: Submission['species']
  decidedAt: string | null
}
/** `after` null: the newest first; else those of a greater number, in the order of coming. */
export type SubmissionPage = { state: SubmissionState; after: number | null; limit: number }
export type SubmissionCounts = Record<SubmissionState, { submissions: number; bytes: number }>

export type Totals = { seconds: number; samples: number }

export type Store = {
  /** In the order of their making. */
  listRuns(): Promise<RunRecord[]>
  /** `first` is whole, and the run's first milestone. */
  insertRun(run: RunRecord, first: CheckpointRecord): Promise<void>
  setRunState(runId: RunId, state: RunState, reason: string | null): Promise<void>

  setRunSettings(runId: RunId, settings: RunSettings): Promise<void>

  recordStep(outcome: StepOutcome): Promise<void>
  /** Everything of the run that is later than `to` is gone, and so are the lost features; nothing of it is kept but `to` and the milestones up to it. */
  returnToStep(back: ReturnToStep): Promise<{ dropped: Dropped; totals: Totals }>
  /** At most `limit`, evenly chosen, the last one included; by step. */
  stepsOf(runId: RunId, limit: number): Promise<StepRecord[]>
  totalsOf(runId: RunId): Promise<Totals>
  /** Of the last `count` steps that led to checkpoints up to `step`, the oldest first. */
  lossesUpTo(runId: RunId, step: number, count: number): Promise<number[]>

  /** By step. */
  checkpointsOf(runId: RunId): Promise<CheckpointRecord[]>
  /** Forgets the checkpoints before `beforeStep`, and the optimizer states before `statesBeforeStep`. */
  forgetCheckpoints(runId: RunId, beforeStep: number, statesBeforeStep: number): Promise<void>
  /** By step. */
  milestonesOf(runId: RunId): Promise<Milestone[]>
  forgetMilestones(runId: RunId, steps: readonly number[]): Promise<void>
  /** Every public blob that a checkpoint, a milestone, a pending evaluation, an order of features, their parts, the weights that a run began with or one of the last two models needs. */
  blobsInUse(): Promise<Set<Hash>>
  optimizerStatesInUse(): Promise<Set<Hash>>

  pendingEvaluations(runId: RunId): Promise<PendingEvaluation[]>
  /** The pending evaluations of that checkpoint, and its features without a result, reach it this way from now on. */
  rerouteOrders(runId: RunId, checkpoint: CheckpointRef): Promise<void>
  recordEvaluation(runId: RunId, evaluation: Evaluation): Promise<void>
  /** By step. */
  evaluationsOf(runId: RunId): Promise<Evaluation[]>

  orderFeatures(runId: RunId, order: FeaturesRecord): Promise<void>
  recordFeatures(
    runId: RunId,
    features: { step: number; split: Split; result: FeaturesResult },
  ): Promise<void>
  /** In the order in which they were ordered. */
  featuresOf(runId: RunId): Promise<FeaturesRecord[]>

  /** Name to manifest. */
  listFloras(): Promise<{ name: string; hash: Hash }[]>
  putFlora(name: string, hash: Hash): Promise<void>

  publishModel(model: PublishedModel): Promise<void>
  latestModel(): Promise<PublishedModel | null>
  /** Of a model that was published; nothing happens if there is none of that id. */
  recordCalibration(modelId: string, calibration: Calibration): Promise<void>

  /** A session is kept by the hash of its secret. */
  insertSession(hash: Hash, now: Date, expiresAt: Date): Promise<void>
  hasSession(hash: Hash, now: Date): Promise<boolean>
  deleteSession(hash: Hash): Promise<void>

  insertApiKey(key: ApiKeyRecord): Promise<void>
  /** In the order of their making, those that were revoked included. */
  listApiKeys(): Promise<ApiKeyRecord[]>
  revokeApiKey(id: string, at: Date): Promise<void>
  /** So many identifications on that day, whatever was said before. */
  setApiUse(keyId: string, use: ApiUse): Promise<void>
  /** By day, from one to another, both included; days without use are left out. */
  apiUsesOf(keyId: string, from: string, to: string): Promise<ApiUse[]>

  /** Returns its number. */
  insertSubmission(submission: Omit<SubmissionRecord, 'number'>): Promise<number>
  listSubmissions(page: SubmissionPage): Promise<SubmissionRecord[]>
  /** null: there is none, or none any more. */
  submission(id: string): Promise<SubmissionRecord | null>
  /** `bytes` of their photos. */
  countSubmissions(): Promise<SubmissionCounts>
  /** Whether there is one of that id. */
  decideSubmission(id: string, decision: SubmissionDecision): Promise<boolean>
  /** Of those that are named, all that were in that state, or none if it fails; their ids. */
  decideSubmissions(
    ids: readonly string[],
    from: SubmissionState,
    decision: SubmissionDecision,
  ): Promise<string[]>
  /** Those that were rejected up to then are gone; how many. */
  deleteRejected(upTo: Date): Promise<number>
  /** Of those that are left; null: none is. */
  earliestRejection(): Promise<string | null>
  submissionPhotosInUse(): Promise<Set<Hash>>

  appendEvent(event: LogEvent): Promise<void>
  /** Newest first. */
  listEvents(limit: number): Promise<LogEvent[]>

  close(): Promise<void>
}
