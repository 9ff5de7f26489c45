/**
 * Between the core and the world: says events to the core, and has its effects carried out in their order. The effects that
 * answer the caller are returned; the others go to the carriers. Nothing else calls `advance`.
 */

import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'
import type { Alarm, Clock } from './clock.ts'
import { advance } from './core/advance.ts'
import { type CoreState, createCore, nextWakeAtMs, tasksOf } from './core/core-state.ts'
import type { CoreEvent, Effect, TaskKey } from './core/events.ts'
import { type Obstacle, obstacleTo } from './core/obstacle.ts'
import type { Received } from './reduction/received.ts'

/** What a worker handed in, parsed. */
export type TaskResult =
  | { kind: 'gradient'; received: Received }
  | { kind: 'evaluate'; photos: EvaluateResult['photos'] }
  | { kind: 'extract-features'; bytes: Uint8Array<ArrayBuffer> }

type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>

/** Each returns at once; what takes time goes on behind it. */
export type Carriers = {
  /** A gradient may be the sum of several tasks. */
  takeResult(keys: TaskKey[], result: TaskResult): void
  closeStep(effect: EffectOf<'close-step'>): void
  closeEvaluation(effect: EffectOf<'close-evaluation'>): void
  closeFeatures(effect: EffectOf<'close-features'>): void
  pauseRun(effect: EffectOf<'pause-run'>): void
  announceStep(effect: EffectOf<'announce-step'>): void
  announceWork(effect: EffectOf<'announce-work'>): void
  revokeLease(effect: EffectOf<'revoke-lease'>): void
  noteImages(workerId: WorkerId, images: number): void
}

/** `tasks`: those that it was granted for, whatever has become of them. */
export type HeldLease = { leaseId: LeaseId; workerId: WorkerId; runId: RunId; tasks: Task[] }

export class Conductor {
  readonly #state: CoreState
  readonly #clock: Clock
  readonly #carriers: Carriers
  readonly #alarm: Alarm

  /** `boot` is of this process alone: leases of an earlier one are never taken for its own. */
  constructor(boot: string, clock: Clock, carriers: Carriers) {
    this.#state = createCore({ boot })
    this.#clock = clock
    this.#carriers = carriers
    this.#alarm = clock.alarm(() => this.say({ kind: 'clock-advanced' }))
  }

  say(event: CoreEvent, result?: TaskResult): Effect[] {
    const nowMs = this.#clock.nowMs()
    const effects = advance(this.#state, event, nowMs)
    for (const effect of effects) this.#carry(effect, result)
    this.#alarm.set(nextWakeAtMs(this.#state, nowMs))
    return effects
  }

  progressOf(runId: RunId): { tasks: { accepted: number; total: number }; obstacle: Obstacle | null } {
    const progress = this.#state.runs.get(runId)
    const tasks = progress === undefined ? { accepted: 0, total: 0 } : tasksOf(progress)
    return { tasks, obstacle: obstacleTo(this.#state, runId) }
  }

  leaseOf(leaseId: LeaseId): HeldLease | null {
    const lease = this.#state.leases.get(leaseId)
    if (lease === undefined) return null
    const { workerId, runId, slots } = lease
    return { leaseId, workerId, runId, tasks: slots.map(({ task }) => task) }
  }

  /** The unfinished leases that the worker is at, the oldest first. */
  leasesOf(workerId: WorkerId): HeldLease[] {
    const leaseIds = this.#state.workers.get(workerId)?.leaseIds ?? []
    return [...leaseIds].flatMap((leaseId) => this.leaseOf(leaseId) ?? [])
  }

  stop(): void {
    this.#alarm.set(null)
  }

  #carry(effect: Effect, result: TaskResult | undefined): void {
    const carriers = this.#carriers
    if (effect.kind === 'accept-result') {
      if (result === undefined) throw new Error('a result was accepted that nobody brought')
      carriers.noteImages(effect.workerId, effect.images)
      carriers.takeResult(effect.keys, result)
    } else if (effect.kind === 'close-step') carriers.closeStep(effect)
    else if (effect.kind === 'close-evaluation') carriers.closeEvaluation(effect)
    else if (effect.kind === 'close-features') carriers.closeFeatures(effect)
    else if (effect.kind === 'pause-run') carriers.pauseRun(effect)
    else if (effect.kind === 'announce-step') carriers.announceStep(effect)
    else if (effect.kind === 'announce-work') carriers.announceWork(effect)
    else if (effect.kind === 'revoke-lease') carriers.revokeLease(effect)
  }
}
