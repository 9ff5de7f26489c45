/**
 * Port: the compute part as the session sees it. It runs in another thread, blocks while it computes, and is terminated to
 * stop it at once; then everything it held (backend, weights, shards) is gone, and the session gives it again.
 */

import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import type { Hash, LeaseId } from '@worldflora/protocol/ids'
import type {
  BackendName,
  Device,
  EvaluateTask,
  ExtractFeaturesTask,
  GradientTask,
  RunDescription,
  ShardEntries,
} from '@worldflora/protocol/messages'
import type { Coding } from '@worldflora/protocol/partial-sum'
import type { Rejection } from '@worldflora/protocol/rejection'

/** `auto`: WebGPU where there is a real GPU, else WASM. */
export type BackendChoice = BackendName | 'auto'

/**
 * What became of a GPU that was tried: it computes; or it does not, for its answers are wrong, or the processor is faster; or nobody
 * knows, for want of answers to hold it against.
 */
export type GpuTrial = { adapter: string; verdict: 'used' | 'wrong-answers' | 'slower' | 'untried' }

/** Of the shards that were used last, a compute part keeps so many at least. */
export const SHARDS_KEPT = 6

export type OpenWish = {
  backend: BackendChoice
  /** Compute the golden task too, whose hash tells the deterministic class (a later opening need not). */
  golden: boolean
  /** Of an earlier opening on this machine, if it is remembered: the same adapter is not tried again. */
  trial: GpuTrial | null
}

export type Opened = { device: Device; trial: GpuTrial | null }

/** Weights as the blobs they are made of, and the hash that they must arrive at. */
export type CheckpointParts = {
  run: RunDescription
  checkpoint: Hash
  /** null: the deltas lead on from the checkpoint that the compute part holds. */
  base: Uint8Array | null
  deltas: Uint8Array[]
}

/** Of a task that will probably come. */
export type PrepareRequest = { run: RunDescription; task: GradientTask }
export type GradientRequest = { leaseId: LeaseId; run: RunDescription; checkpoint: Hash; task: GradientTask }
/** Some of a lease's tasks whose contributions are kept. */
export type SumRequest = { leaseId: LeaseId; tasks: number[]; coding: Coding }
export type EvaluateRequest = { run: RunDescription; checkpoint: Hash; task: EvaluateTask }
export type FeaturesRequest = { run: RunDescription; checkpoint: Hash; task: ExtractFeaturesTask }

/** What the compute part has done with its time so far; the rest of it it waited. On a GPU `computeMs` is until it has the task. */
export type Spent = { modelMs: number; decodeMs: number; computeMs: number; encodeMs: number }

/** Counts the task's photos that are through. */
export type OnProgress = (photosDone: number) => void

/** Buffers that are given belong to the compute part from then on. */
export type ComputePort = {
  open(wish: OpenWish): Promise<Opened | Rejection>
  heldCheckpoint(): Promise<Hash | null>
  /** Rejects what does not arrive at the checkpoint's hash; then nothing is held. */
  loadCheckpoint(parts: CheckpointParts): Promise<Rejection | null>
  missingShards(shards: Hash[]): Promise<Hash[]>
  loadShard(hash: Hash, bytes: Uint8Array): Promise<Rejection | null>
  holdsTrainCounts(hash: Hash): Promise<boolean>
  loadTrainCounts(run: RunDescription, bytes: Uint8Array): Promise<Rejection | null>
  /** The first photos of these entries as JPEG, for a page to show. */
  photosOf(entries: ShardEntries[], limit: number): Promise<Uint8Array[]>
  /** Draws the task's photos, as far as there is time before something else is asked for. */
  prepare(request: PrepareRequest): Promise<void>
  /** Computes the task's contribution and keeps it under its lease; the hash of its own bytes is its digest. */
  gradient(request: GradientRequest, onProgress: OnProgress): Promise<Hash | Rejection>
  /** The exact sum of contributions that are kept: a partial sum. */
  sum(request: SumRequest): Promise<Uint8Array | Rejection>
  /** Lets go of what is kept under a lease. */
  release(leaseId: LeaseId): Promise<void>
  evaluate(request: EvaluateRequest, onProgress: OnProgress): Promise<EvaluateResult | Rejection>
  /** A shard of features. */
  features(request: FeaturesRequest, onProgress: OnProgress): Promise<Uint8Array | Rejection>
  spent(): Promise<Spent>
}

/** A compute part in a thread of its own. */
export type ComputeThread = {
  compute: ComputePort
  /** Resolves with the reason if the thread dies by itself. */
  crashed: Promise<string>
  /** At once where that is possible. Resolves when it is gone. */
  terminate(): Promise<void>
}
