/** The door of the session part, which is the same in a tab and in Node. */
import { WorkerSession } from './session.ts'
import type { Session, SessionOptions } from './session-options.ts'

export type { Activity, ActivityTask, GpuFate, MissingFeature } from './activity.ts'
export { memoryBlobCache } from './blob-cache.memory.ts'
export type { BlobCache, BlobCaches } from './blob-cache.ts'
export type { Clock } from './clock.ts'
export type { BackendChoice, ComputePort, ComputeThread, GpuTrial, Spent } from './compute-port.ts'
export { Crew, type Member } from './crew.ts'
export { type Identity, type IdentityStore, identityInMemory } from './identity.ts'
export type { Session, SessionOptions, SessionOutcome } from './session-options.ts'
export type { StepShare } from './step-share.ts'
export { type TrialMemory, trialMemory } from './trial-memory.ts'

export function startSession(options: SessionOptions): Session {
  return new WorkerSession(options)
}
