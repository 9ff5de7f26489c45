/**
 * What the core is told (events) and what it asks to be done (effects). The core itself is `advance(state, event,
 * nowMs)`: no timers, sockets, files, tfjs or promises. Adapters turn the world into events and carry effects out, in
 * the order given.
 */
import type { RunPlan } from '@worldflora/dataset/epoch-plan'
import type { Split } from '@worldflora/protocol/evaluation'
import type { Hash, LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type {
  CheckpointRef,
  Forecast,
  Lease,
  ReturnLease,
  RunDescription,
  ShardEntries,
  ShardRef,
  Task,
} from '@worldflora/protocol/messages'
import type { DeviceClass } from '@worldflora/protocol/run-config'
import type { RunState } from '@worldflora/protocol/runs'

export type EvaluationOrder = {
  step: number
  split: Split
  checkpoint: CheckpointRef
  tasks: ShardEntries[][]
  /** Of features: so many vectors of a photo. */
  views?: number
}

export type OpenRun = {
  description: RunDescription
  /** Of the phase that it is in: with the phase's last step it is opened anew (PH1). */
  plan: RunPlan
  /** By their number in the plan; null: they are still being made of what is ordered (PH2), and no step is given out. */
  trainShards: readonly { hash: Hash; bytes: number }[] | null
  state: RunState
  /** 0 to 9. */
  priority: number
  checkpoint: CheckpointRef
}

export type CoreEvent =
  /** A run was created, or found in the store at start. Its next step is `checkpoint.step`. */
  | { kind: 'run-opened'; run: OpenRun }
  /** All that was known of it is forgotten, and its leases are void; it may be opened again, at another checkpoint. */
  | { kind: 'run-closed'; runId: RunId }
  | { kind: 'run-state-changed'; runId: RunId; state: RunState }
  | { kind: 'run-priority-changed'; runId: RunId; priority: number }
  /** An evaluation is due (or was found unfinished at start). */
  | { kind: 'evaluation-ordered'; runId: RunId; order: EvaluationOrder }
  /** As an evaluation, but of features. */
  | { kind: 'features-ordered'; runId: RunId; order: EvaluationOrder }
  | { kind: 'worker-joined'; workerId: WorkerId; deterministic: boolean }
  | { kind: 'worker-left'; workerId: WorkerId }
  | {
      kind: 'work-requested'
      workerId: WorkerId
      /** Leases that it knows it has. */
      holding: readonly LeaseId[]
      shards: ReadonlySet<string>
      imagesPerSecond?: number | undefined
      featuresPerSecond?: number | undefined
      /** It is still at the last of these leases, for so long by its own measure; absent: it is free. */
      busyMs?: number | undefined
    }
  | {
      kind: 'lease-returned'
      workerId: WorkerId
      leaseId: LeaseId
      reason: ReturnLease['reason']
      /** Which of its tasks failed. */
      task?: number | undefined
      message?: string | undefined
    }
  /**
   * The edge has parsed a result: the sum of these tasks of the lease, or the answer to one. A task's digest is the hash of
   * what it came to by itself.
   */
  | {
      kind: 'result-received'
      workerId: WorkerId
      leaseId: LeaseId
      results: readonly { task: number; digest: string }[]
    }
  /** The edge refused a result's bytes. Counts towards LV1, for `task`. */
  | { kind: 'result-refused'; workerId: WorkerId; leaseId: LeaseId; task?: number; message: string }
  | { kind: 'step-made-durable'; runId: RunId; checkpoint: CheckpointRef }
  /** The step in flight came to nothing. Who says so drops its contributions: it is begun anew when the run is resumed. */
  | { kind: 'run-faulted'; runId: RunId; reason: string }
  | { kind: 'clock-advanced' }

export type EventOf<K extends CoreEvent['kind']> = Extract<CoreEvent, { kind: K }>

export type TaskKey = {
  runId: RunId
  kind: Task['kind']
  step: number
  task: number
  split?: Split
}

export type Effect =
  /** Answers `work-requested`. */
  | { kind: 'grant-lease'; workerId: WorkerId; lease: Lease }
  | {
      kind: 'keep-idle'
      workerId: WorkerId
      prefetch: ShardRef[]
      ahead: Forecast | null
      classes: DeviceClass[]
    }
  /** Answer `result-received`. The first hands the result on; what was late of it was compared (LS3), the rest is open. */
  | { kind: 'accept-result'; workerId: WorkerId; leaseId: LeaseId; keys: TaskKey[]; images: number }
  | {
      kind: 'note-late-result'
      workerId: WorkerId
      leaseId: LeaseId
      late: { key: TaskKey; sameBits: boolean }[]
      open: number[]
    }
  | { kind: 'ignore-stale-result'; workerId: WorkerId; leaseId: LeaseId }
  /** Idle workers worth waking. */
  | { kind: 'announce-work'; workerIds: WorkerId[] }
  | { kind: 'revoke-lease'; workerId: WorkerId; leaseId: LeaseId; tasks?: number[] }
  /** All tasks of the step are accepted: reduce, update, make durable, then say `step-made-durable`. */
  | { kind: 'close-step'; runId: RunId; step: number; samples: number }
  /** The step is durable: tell everybody. */
  | { kind: 'announce-step'; runId: RunId; step: number; checkpoint: Hash }
  | { kind: 'close-evaluation'; runId: RunId; step: number; split: Split }
  | { kind: 'close-features'; runId: RunId; step: number; split: Split }
  /** The run was paused by the core (LV1) or on a fault: make it durable, and tell. */
  | { kind: 'pause-run'; runId: RunId; reason: string }
