/** The core's one transition: an event happens, effects come out. State is updated in place. */
import { announceWork } from './announcement.ts'
import type { CoreState } from './core-state.ts'
import { announceClasses } from './device-classes.ts'
import type { CoreEvent, Effect } from './events.ts'
import { expireLeases } from './lease-expiry.ts'
import { takeBack } from './lease-return.ts'
import { noteStragglers } from './offer.ts'
import { joinWorker, leaveWorker } from './presence.ts'
import { receiveResult } from './result.ts'
import { changeRunState, closeRun, goOn, noteFault, openRun, orderTasks, runOf } from './run-course.ts'
import { answerRequest } from './work-request.ts'

export function advance(state: CoreState, event: CoreEvent, nowMs: number): Effect[] {
  noteStragglers(state, nowMs)
  const effects = handle(state, event, nowMs)
  return [...effects, ...announceWork(state, nowMs), ...announceClasses(state)]
}

function handle(state: CoreState, event: CoreEvent, nowMs: number): Effect[] {
  switch (event.kind) {
    case 'run-opened':
      openRun(state, event)
      return []
    case 'run-closed':
      return closeRun(state, event)
    case 'run-priority-changed':
      runOf(state, event.runId).priority = event.priority
      return []
    case 'evaluation-ordered':
      orderTasks(state, event, 'evaluate')
      return []
    case 'features-ordered':
      orderTasks(state, event, 'extract-features')
      return []
    case 'worker-joined':
      joinWorker(state, event)
      return []
    case 'worker-left':
      leaveWorker(state, event)
      return []
    case 'run-state-changed':
      return changeRunState(state, event)
    case 'run-faulted':
      return noteFault(state, event)
    case 'work-requested':
      return [answerRequest(state, event, nowMs)]
    case 'lease-returned':
    case 'result-refused':
      return takeBack(state, event, nowMs)
    case 'result-received':
      return receiveResult(state, event)
    case 'step-made-durable':
      return goOn(state, event)
    case 'clock-advanced':
      return expireLeases(state, nowMs)
  }
}
