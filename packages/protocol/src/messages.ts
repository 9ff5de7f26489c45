/**
 * What a worker and the coordinator say to each other over socket.io. Requests are imperative and answered by the
 * acknowledgement; facts are past tense and answered by nothing. Bulk (shards, checkpoints, results) travels over HTTP.
 */
import * as v from 'valibot'
import { Split } from './evaluation.ts'
import { Hash, LeaseId, RunId, Slug, WorkerId } from './ids.ts'
import { Rejection } from './rejection.ts'
import { DeviceClass, PhaseConfig } from './run-config.ts'
import type { RunStatus } from './runs.ts'
import { index } from './whole-number.ts'

/** Raised when a message changes its meaning. A worker of another version is told to update, and gets no work. */
export const PROTOCOL_VERSION = 3

/** One being uploaded while the next is computed, or one being computed while the next waits for its turn. */
export const LEASES_AT_ONCE = 2
/** No worker asks for a lease longer than this before it is free. */
export const BUSY_MS_MAX = 10_000
export const TASKS_PER_LEASE = 64
/** A worker is told no more tasks of the next step than it can prepare meanwhile. */
export const TASKS_AHEAD_MAX = 8

const short = v.pipe(v.string(), v.maxLength(200))

export const BackendName = v.picklist(['wasm', 'webgpu', 'cpu'])
export type BackendName = v.InferOutput<typeof BackendName>

export const Device = v.object({
  backend: BackendName,
  adapter: v.optional(short),
  /** SHA-256 of the gradient of the golden task: who has the expected one is of the deterministic class (SD2). */
  goldenHash: v.optional(Hash),
})
export type Device = v.InferOutput<typeof Device>

/** Event `join`: the first thing on every connection, the reconnections included. */
export const JoinRequest = v.object({
  protocol: index,
  /** Build of the site a tab runs; a Node worker has none. */
  build: v.optional(short),
  host: v.picklist(['browser', 'node']),
  device: Device,
  /** Given again on a reconnect: keeps the worker's identity and its unfinished leases. */
  identity: v.optional(v.object({ workerId: WorkerId, secret: short })),
})
export type JoinRequest = v.InferOutput<typeof JoinRequest>

export const Joined = v.object({
  kind: v.literal('joined'),
  workerId: WorkerId,
  /** Bearer token of this worker's HTTP requests. */
  secret: short,
  deterministic: v.boolean(),
  /** Unfinished leases of this worker that are still honoured (LS1). */
  leases: v.pipe(v.array(LeaseId), v.maxLength(64)),
})
export const JoinReply = v.variant('kind', [Joined, Rejection])
export type JoinReply = v.InferOutput<typeof JoinReply>

export const ShardRef = v.object({ hash: Hash, bytes: index })
export type ShardRef = v.InferOutput<typeof ShardRef>
/** Shards that the worker will probably need next: to be fetched when it has nothing better to do. */
const Prefetch = v.pipe(v.array(ShardRef), v.maxLength(16))

/** Some samples of one shard, in the order of the plan. */
export const ShardEntries = v.object({
  shard: Hash,
  bytes: index,
  samples: v.pipe(v.array(index), v.maxLength(65_536)),
})
export type ShardEntries = v.InferOutput<typeof ShardEntries>

const TaskEntries = v.pipe(v.array(ShardEntries), v.minLength(1), v.maxLength(4096))

export const GradientTask = v.object({
  kind: v.literal('gradient'),
  step: index,
  task: index,
  epoch: index,
  entries: TaskEntries,
})
export type GradientTask = v.InferOutput<typeof GradientTask>

/** Cut at observation borders, so that fused answers are whole. */
export const EvaluateTask = v.object({
  kind: v.literal('evaluate'),
  step: index,
  task: index,
  split: Split,
  entries: TaskEntries,
})
export type EvaluateTask = v.InferOutput<typeof EvaluateTask>

/** Pooled features of photos, for heads that are trained on them. */
export const ExtractFeaturesTask = v.object({
  kind: v.literal('extract-features'),
  step: index,
  task: index,
  split: Split,
  entries: TaskEntries,
  /** Of each photo: the centre crop, and augmented ones. */
  views: v.optional(v.pipe(index, v.minValue(1)), 1),
})
export type ExtractFeaturesTask = v.InferOutput<typeof ExtractFeaturesTask>

export const Task = v.variant('kind', [GradientTask, EvaluateTask, ExtractFeaturesTask])
export type Task = v.InferOutput<typeof Task>

/** The weights after `step` steps: a base blob (canonical float32 weights) and the deltas that lead on from it. */
export const CheckpointRef = v.object({
  step: index,
  /** SHA-256 of the canonical weights: what the holder of base and deltas must arrive at. */
  checkpoint: Hash,
  base: v.object({ step: index, blob: Hash, bytes: index }),
  /** deltas[i] leads from step base.step + i to base.step + i + 1. */
  deltas: v.pipe(v.array(v.object({ blob: Hash, bytes: index, checkpoint: Hash })), v.maxLength(1024)),
})
export type CheckpointRef = v.InferOutput<typeof CheckpointRef>

/**
 * What a task needs to know of its run. A rollback may change `config` (LC3), and a new phase changes it (PH1); either voids the leases
 * of before. The rest is fixed for the run's whole life.
 */
export const RunDescription = v.object({
  id: RunId,
  config: PhaseConfig,
  /** What contributions and deltas are of. */
  train: v.optional(v.picklist(['all', 'head']), 'all'),
  flora: v.object({
    name: Slug,
    hash: Hash,
    species: index,
    /** How many train photos each species has, for a run that adjusts its logits. */
    trainCounts: v.optional(ShardRef),
  }),
  /** Contributions are integer multiples of 2^unitExponent. */
  unitExponent: v.pipe(v.number(), v.integer()),
})
export type RunDescription = v.InferOutput<typeof RunDescription>

/** The right to compute some tasks of one step (or of one evaluation), in this order. */
export const Lease = v.object({
  leaseId: LeaseId,
  /** How long the lease is honoured, counted from its arrival. */
  durationMs: index,
  run: RunDescription,
  checkpoint: CheckpointRef,
  tasks: v.pipe(
    v.tupleWithRest([Task], Task),
    v.check((tasks) => tasks.length <= TASKS_PER_LEASE, `a lease has at most ${TASKS_PER_LEASE} tasks`),
    v.check((tasks) => tasks.every(({ kind }) => kind === tasks[0].kind), 'a lease has tasks of one kind'),
  ),
  prefetch: Prefetch,
})
export type Lease = v.InferOutput<typeof Lease>

const perSecond = v.pipe(v.number(), v.finite(), v.gtValue(0))

/** Event `request-work`. An idle worker is told `work-available` when asking again is worth it. */
export const RequestWork = v.object({
  /** The leases that the worker knows it has: a further one is given again, for its answer was lost. */
  holding: v.pipe(v.array(LeaseId), v.maxLength(LEASES_AT_ONCE)),
  shards: v.pipe(v.array(Hash), v.maxLength(256)),
  /** The worker's own measure over its last tasks of photos; absent before the first. */
  imagesPerSecond: v.optional(perSecond),
  /** The same, of tasks that take features instead: a head goes through them a hundred times as fast. */
  featuresPerSecond: v.optional(perSecond),
  /** It still computes, and will be free in so many milliseconds by its own measure; absent: it is free now. */
  busyMs: v.optional(v.pipe(index, v.maxValue(BUSY_MS_MAX))),
})
export type RequestWork = v.InferOutput<typeof RequestWork>

/** Tasks that are granted to nobody yet. */
export const Forecast = v.object({
  run: RunDescription,
  tasks: v.pipe(v.array(GradientTask), v.maxLength(TASKS_AHEAD_MAX)),
})
export type Forecast = v.InferOutput<typeof Forecast>

export const WorkReply = v.variant('kind', [
  v.object({ kind: v.literal('leased'), lease: Lease }),
  v.object({
    kind: v.literal('idle'),
    prefetch: Prefetch,
    /** What it will probably be given first once the step is over. */
    ahead: v.optional(Forecast),
    /** Which the runs that go on take (WK15). Default: nothing is known. */
    classes: v.optional(v.pipe(v.array(DeviceClass), v.maxLength(2)), []),
  }),
  Rejection,
])
export type WorkReply = v.InferOutput<typeof WorkReply>

/** Event `return-lease`: the worker will not finish it. `failed` counts towards LV1, `stopped` does not. */
export const ReturnLease = v.object({
  leaseId: LeaseId,
  reason: v.picklist(['stopped', 'failed', 'unfit']),
  /** Which of its tasks failed; the others are offered again without blame. Default: the first that is not delivered. */
  task: v.optional(index),
  message: v.optional(v.pipe(v.string(), v.maxLength(2000))),
})
export type ReturnLease = v.InferOutput<typeof ReturnLease>

/** Answer to a pushed result. All but `partly-late` end its tasks for the worker. */
export const ResultReply = v.variant('kind', [
  v.object({ kind: v.literal('accepted'), images: index }),
  /** Somebody else was first (LS3): compared, not added. */
  v.object({ kind: v.literal('late') }),
  /** Somebody else was first with some of the tasks, and a sum cannot be added in part: the sum of these is still wanted. */
  v.object({ kind: v.literal('partly-late'), open: v.pipe(v.array(index), v.maxLength(TASKS_PER_LEASE)) }),
  /** For a checkpoint that is no longer the current one (LS2), or a lease that is not known any more. */
  v.object({ kind: v.literal('stale') }),
  Rejection,
])
export type ResultReply = v.InferOutput<typeof ResultReply>

/** The whole lease is of no more use, or those of its tasks. */
export const LeaseRevoked = v.object({
  leaseId: LeaseId,
  tasks: v.optional(v.pipe(v.array(index), v.maxLength(TASKS_PER_LEASE))),
})
export type LeaseRevoked = v.InferOutput<typeof LeaseRevoked>

/** Everything that goes over the socket, by event name. */
export type WorkerEvents = {
  join: (request: JoinRequest, reply: (reply: JoinReply) => void) => void
  'request-work': (request: RequestWork, reply: (reply: WorkReply) => void) => void
  'return-lease': (request: ReturnLease, reply: (reply: { kind: 'returned' } | Rejection) => void) => void
}
export type CoordinatorEvents = {
  'work-available': () => void
  'lease-revoked': (fact: LeaseRevoked) => void
  'step-advanced': (fact: { run: RunId; step: number; checkpoint: Hash }) => void
  /** Sent to every connection, joined or not, at most twice a second and only when something changed. */
  'status-changed': (status: RunStatus[]) => void
}
