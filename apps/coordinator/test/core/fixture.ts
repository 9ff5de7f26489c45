/** Small runs for the core's tests: real plans, made-up shards. */
import { planRun } from '@worldflora/dataset/epoch-plan'
import { hashOfText } from '@worldflora/protocol/hash'
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { CheckpointRef, Lease } from '@worldflora/protocol/messages'
import { PhaseConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { advance } from '../../src/core/advance.ts'
import { type CoreState, createCore } from '../../src/core/core-state.ts'
import type { CoreEvent, Effect, EvaluationOrder, EventOf, OpenRun } from '../../src/core/events.ts'

export const RUN = 'run-1' as RunId

export function checkpointAt(step: number): CheckpointRef {
  const checkpoint = hashOfText(`weights after ${step} steps`)
  return { step, checkpoint, base: { step, blob: checkpoint, bytes: 4 }, deltas: [] }
}

export type Scene = {
  shardSizes: number[]
  samplesPerTask: number
  tasksPerStep: number
  epochs: number
  seed?: number
  id?: RunId
  backend?: 'deterministic' | 'any'
  train?: 'all' | 'head'
  priority?: number
  shardBytes?: number
}

export const SCENE: Scene = { shardSizes: [20, 17, 9], samplesPerTask: 4, tasksPerStep: 3, epochs: 2 }

export function runOf(scene: Scene, step = 0): OpenRun {
  const { shardSizes, samplesPerTask, tasksPerStep, epochs, seed = 1, id = RUN, shardBytes = 1000 } = scene
  const config = v.parse(PhaseConfig, {
    name: id,
    flora: 'story',
    seed,
    backend: scene.backend ?? 'deterministic',
    architecture: { name: 'small-cnn' },
    samplesPerTask,
    tasksPerStep,
    epochs,
    optimizer: { name: 'sgd', learningRate: 0.1 },
  })
  return {
    description: {
      id,
      config,
      train: scene.train ?? 'all',
      flora: { name: 'story', hash: hashOfText('flora'), species: 3 },
      unitExponent: -34,
    },
    plan: planRun({ shardSizes, seed, samplesPerTask, tasksPerStep, epochs }),
    trainShards: shardSizes.map((_, i) => ({ hash: hashOfText(`shard ${i}`), bytes: shardBytes })),
    state: 'running',
    priority: scene.priority ?? 0,
    checkpoint: checkpointAt(step),
  }
}

/** An evaluation at the checkpoint after `step` steps, of so many tasks with two photos each. */
export function orderAt(step: number, tasks: number): EvaluationOrder {
  const entries = { shard: hashOfText('val'), bytes: 1000 }
  return {
    step,
    split: 'val',
    checkpoint: checkpointAt(step),
    tasks: Array.from({ length: tasks }, (_, task) => [{ ...entries, samples: [2 * task, 2 * task + 1] }]),
  }
}

/** A core to tell events, at a time that the story sets. */
export class Story {
  readonly state: CoreState
  nowMs = 0

  constructor(runs: OpenRun | OpenRun[] = runOf(SCENE), boot = 'b') {
    this.state = createCore({ boot })
    for (const run of [runs].flat()) this.tell({ kind: 'run-opened', run })
  }

  tell(event: CoreEvent): Effect[] {
    return advance(this.state, event, this.nowMs)
  }

  join(name: string, deterministic = true): WorkerId {
    const workerId = name as WorkerId
    this.tell({ kind: 'worker-joined', workerId, deterministic })
    return workerId
  }

  leave(workerId: WorkerId): Effect[] {
    return this.tell({ kind: 'worker-left', workerId })
  }

  /** The lease it is given, or null where it is kept idle. */
  ask(
    workerId: WorkerId,
    imagesPerSecond?: number,
    shards: string[] = [],
    holding: LeaseId[] = [],
    busyMs?: number,
  ): Lease | null {
    const pace = imagesPerSecond === undefined ? {} : { imagesPerSecond }
    const [effect] = this.tell({
      kind: 'work-requested',
      workerId,
      holding,
      shards: new Set(shards),
      ...pace,
      busyMs,
    })
    return effect?.kind === 'grant-lease' ? effect.lease : null
  }

  /** Default: all that is due of it; once nothing is, all of it again. */
  deliver(
    workerId: WorkerId,
    leaseId: LeaseId,
    digest = hashOfText('gradient'),
    tasks = this.tasksOf(leaseId),
  ): Effect[] {
    const results = tasks.map((task) => ({ task, digest }))
    return this.tell({ kind: 'result-received', workerId, leaseId, results })
  }

  tasksOf(leaseId: LeaseId): number[] {
    const lease = this.state.leases.get(leaseId)
    if (lease === undefined) return [0]
    const slots = lease.due.size > 0 ? [...lease.due] : lease.slots
    return slots.map(({ task }) => task.task)
  }

  giveBack(
    workerId: WorkerId,
    leaseId: LeaseId,
    reason: EventOf<'lease-returned'>['reason'],
    message = 'NaN',
  ): Effect[] {
    return this.tell({ kind: 'lease-returned', workerId, leaseId, reason, message })
  }

  /** Lets the time pass until the core wants to be woken. */
  sleepUntil(atMs: number): Effect[] {
    this.nowMs = atMs
    return this.tell({ kind: 'clock-advanced' })
  }

  /** Delivers everything that is left of the step, by one worker. */
  finishStep(workerId: WorkerId): Effect[] {
    for (;;) {
      const lease = this.ask(workerId)
      if (lease === null) throw new Error('no task was left to close the step with')
      const effects = this.deliver(workerId, lease.leaseId)
      if (effects.some(({ kind }) => kind === 'close-step')) return effects
    }
  }
}

export function kindsOf(effects: Effect[]): string[] {
  return effects.map(({ kind }) => kind)
}
