/** Cores with one fault each: what the simulation must notice, or it proves nothing. */
import type { LeaseId } from '@worldflora/protocol/ids'
import type { CoreState } from '../../../src/core/core-state.ts'
import type { CoreEvent, Effect, EventOf, TaskKey } from '../../../src/core/events.ts'
import { REAL_CORE } from './play.ts'
import type { Core } from './world.ts'

/** `advance` with what it answers, or leaves behind, changed. */
function after(change: (effects: Effect[], event: CoreEvent, state: CoreState) => Effect[]): Core {
  return {
    ...REAL_CORE,
    advance: (state, event, nowMs) => change(REAL_CORE.advance(state, event, nowMs), event, state),
  }
}

/** `advance` that hears something else. */
function before(change: (event: CoreEvent) => CoreEvent): Core {
  return { ...REAL_CORE, advance: (state, event, nowMs) => REAL_CORE.advance(state, change(event), nowMs) }
}

function keysOf(event: EventOf<'result-received'>, granted: TaskKey | undefined): TaskKey[] {
  return event.results.map(({ task }) => ({ ...granted!, task }))
}

/** Answers with an acceptance whatever the core answered so. */
function accepting(isWrong: (effect: Effect) => boolean): () => Core {
  return () => {
    const granted = new Map<LeaseId, TaskKey>()
    return after((effects, event) => {
      for (const effect of effects) {
        if (effect.kind !== 'grant-lease') continue
        const { leaseId, run, tasks } = effect.lease
        const { kind, step, task } = tasks[0]
        granted.set(leaseId, { runId: run.id, kind, step, task })
      }
      if (event.kind !== 'result-received' || !granted.has(event.leaseId) || !effects.some(isWrong))
        return effects
      const { workerId, leaseId } = event
      const keys = keysOf(event, granted.get(leaseId))
      return [{ kind: 'accept-result', workerId, leaseId, keys, images: 1 }]
    })
  }
}

export const BROKEN_CORES: Readonly<Record<string, () => Core>> = {
  'a task that names an entry twice': () =>
    after((effects) =>
      effects.map((effect) => {
        if (effect.kind !== 'grant-lease') return effect
        const [first, ...others] = effect.lease.tasks
        const [entry, ...more] = first.entries
        const doubled = { ...entry!, samples: [...entry!.samples, entry!.samples[0]!] }
        const task = { ...first, entries: [doubled, ...more] }
        return { ...effect, lease: { ...effect.lease, tasks: [task, ...others] } }
      }),
    ),

  'a result that is added twice': () =>
    after((effects) =>
      effects.flatMap((effect): Effect[] => (effect.kind === 'accept-result' ? [effect, effect] : [effect])),
    ),

  'a sum that is partly late and added all the same': accepting(
    (effect) => effect.kind === 'note-late-result' && effect.open.length > 0,
  ),

  'a late copy that is added': accepting(({ kind }) => kind === 'note-late-result'),

  'a result of a step that is over, and counts': accepting(({ kind }) => kind === 'ignore-stale-result'),

  'a late copy that is not compared': () =>
    after((effects) =>
      effects.map((effect) =>
        effect.kind === 'note-late-result'
          ? { ...effect, late: effect.late.map(({ key }) => ({ key, sameBits: true })) }
          : effect,
      ),
    ),

  'a step that is closed before its last task': () =>
    after((effects, _, state) => {
      for (const [runId, { step }] of state.runs) {
        if (step === null || step.accepted !== step.slots.length - 1 || step.accepted === 0) continue
        if (!effects.some((effect) => effect.kind === 'accept-result' && effect.keys[0]!.runId === runId))
          continue
        const samples = step.slots.reduce((sum, { images }) => sum + images, 0)
        return [...effects, { kind: 'close-step', runId, step: step.checkpoint.step, samples }]
      }
      return effects
    }),

  'a step that is announced before it is durable': () =>
    after((effects) =>
      effects.flatMap((effect): Effect[] => {
        if (effect.kind !== 'close-step') return [effect]
        const { runId, step } = effect
        const checkpoint = 'none' as Extract<Effect, { kind: 'announce-step' }>['checkpoint']
        return [effect, { kind: 'announce-step', runId, step: step + 1, checkpoint }]
      }),
    ),

  'a task that nobody is offered once its worker has left': () =>
    after((effects, event, state) => {
      if (event.kind !== 'worker-left') return effects
      for (const leaseId of state.workers.get(event.workerId)?.leaseIds ?? []) {
        const lease = state.leases.get(leaseId)!
        for (const slot of lease.due) lease.group.offered.delete(slot)
      }
      return effects
    }),

  'a lease that ends with its connection': () =>
    after((effects, event, state) => {
      if (event.kind !== 'worker-left') return effects
      const worker = state.workers.get(event.workerId)
      for (const leaseId of worker?.leaseIds ?? []) {
        const lease = state.leases.get(leaseId)!
        for (const slot of lease.due) if (slot.state.kind === 'open') slot.state.leases = []
        state.leases.delete(leaseId)
      }
      state.workers.delete(event.workerId)
      return effects
    }),

  'a lease that has no end': () => ({ ...REAL_CORE, nextWakeAtMs: () => null }),

  'a task that is given to everybody': () =>
    after((effects, _, state) => {
      for (const effect of effects) {
        if (effect.kind !== 'grant-lease') continue
        const lease = state.leases.get(effect.lease.leaseId)!
        for (const slot of lease.due) lease.group.offered.add(slot)
      }
      return effects
    }),

  'an idle worker that is not told of work': () =>
    after((effects, event) =>
      effects.filter(({ kind }) => kind !== 'announce-work' || event.kind !== 'worker-left'),
    ),

  'a foreign device that passes for a deterministic one': () =>
    before((event) => (event.kind === 'worker-joined' ? { ...event, deterministic: true } : event)),

  'a failure that is not counted': () =>
    before((event) =>
      event.kind === 'lease-returned' && event.reason === 'failed' ? { ...event, reason: 'stopped' } : event,
    ),

  'a device that is too small and is asked again': () =>
    before((event) =>
      event.kind === 'lease-returned' && event.reason === 'unfit' ? { ...event, reason: 'stopped' } : event,
    ),

  'a worker that computes and is taken for one that is free': () =>
    before((event) => (event.kind === 'work-requested' ? { ...event, busyMs: undefined } : event)),

  'a pause that the core does not hear of': () =>
    before((event) => (event.kind === 'run-state-changed' ? { ...event, state: 'running' } : event)),
}
