/** A small run for the core's tests: real plan, made-up shards. */
import { planRun } from '@worldflora/dataset/epoch-plan'
import { hashOfText } from '@worldflora/protocol/hash'
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { CheckpointRef, Lease } from '@worldflora/protocol/messages'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { advance } from '../../src/core/advance.ts'
import { type CoreState, createCore } from '../../src/core/core-state.ts'
import type { CoreEvent, Effect, OpenRun } from '../../src/core/events.ts'

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
}

export const SCENE: Scene = { shardSizes: [20, 17, 9], samplesPerTask: 4, tasksPerStep: 3, epochs: 2 }

export function runOf(scene: Scene, step = 0, backend: 'deterministic' | 'any' = 'deterministic'): OpenRun {
  const { shardSizes, samplesPerTask, tasksPerStep, epochs, seed = 1 } = scene
  const config = v.parse(RunConfig, {
    name: 'story',
    flora: 'story',
    seed,
    backend,
    architecture: { name: 'small-cnn' },
    samplesPerTask,
    tasksPerStep,
    epochs,
    optimizer: { name: 'sgd', learningRate: 0.1 },
  })
  return {
    description: {
      id: RUN,
      config,
      flora: { name: 'story', hash: hashOfText('flora'), species: 3 },
      unitExponent: -34,
    },
    plan: planRun({ shardSizes, seed, samplesPerTask, tasksPerStep, epochs }),
    trainShards: shardSizes.map((_, i) => ({ hash: hashOfText(`shard ${i}`), bytes: 1000 })),
    state: 'running',
    checkpoint: checkpointAt(step),
  }
}

/** A core to tell events, at a time that the story sets. */
export class Story {
  readonly state: CoreState
  nowMs = 0

  constructor(run: OpenRun = runOf(SCENE), boot = 'b') {
    this.state = createCore({ boot })
    this.tell({ kind: 'run-opened', run })
  }

  tell(event: CoreEvent): Effect[] {
    return advance(this.state, event, this.nowMs)
  }

  join(name: string, deterministic = true): WorkerId {
    const workerId = name as WorkerId
    this.tell({ kind: 'worker-joined', workerId, deterministic })
    return workerId
  }

  /** The lease it is given, or null where it is kept idle. */
  ask(workerId: WorkerId, imagesPerSecond?: number): Lease | null {
    const pace = imagesPerSecond === undefined ? {} : { imagesPerSecond }
    const [effect] = this.tell({ kind: 'work-requested', workerId, shards: new Set(), ...pace })
    return effect?.kind === 'grant-lease' ? effect.lease : null
  }

  deliver(workerId: WorkerId, leaseId: LeaseId, digest = hashOfText('gradient')): Effect[] {
    return this.tell({ kind: 'result-received', workerId, leaseId, digest })
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
