/** What the witness of a simulation knows of runs, tasks, workers and leases. */
import type { LeaseId, WorkerId } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'
import type { RunState } from '@worldflora/protocol/runs'
import type { OpenRun } from '../../../src/core/events.ts'

export type KnownTask = {
  /** Of the result that was accepted. */
  digest: string | null
  leases: KnownLease[]
  failures: { workerId: WorkerId; atMs: number }[]
}

/** A step or an evaluation. */
export type KnownGroup = {
  readonly run: KnownRun
  readonly kind: Task['kind']
  readonly step: number
  readonly tasks: readonly KnownTask[]
  /** Those that somebody has failed. */
  readonly failed: Set<KnownTask>
  accepted: number
  isOver: boolean
}

export type KnownLease = {
  readonly id: LeaseId
  readonly workerId: WorkerId
  readonly group: KnownGroup
  readonly tasks: readonly number[]
  readonly deadlineMs: number
  readonly stragglesFromMs: number
  readonly beginsAtMs: number
  /** Its worker was at another when it asked. */
  readonly isAhead: boolean
  readonly images: number
  /** A result under it is stale. */
  isVoid: boolean
  /** Its worker was told that it is of no more use, or not now. */
  isRevoked: boolean
  /** Tasks of it that the worker was told are of no more use, or that were accepted from it. */
  readonly gone: Set<number>
}

export type KnownRun = {
  readonly open: OpenRun
  state: RunState
  step: KnownGroup | null
  /** By their step. */
  readonly evaluations: Map<number, KnownGroup>
  /** The last evaluation that is through. */
  measured: KnownGroup | null
}

export type KnownWorker = {
  deterministic: boolean
  isHere: boolean
  /** As it said last. */
  imagesPerSecond: number | null
  readonly leases: Set<KnownLease>
  /** `RUN/KIND` of what its device cannot hold. */
  readonly unfitFor: Set<string>
}

export function newGroup(of: Pick<KnownGroup, 'run' | 'kind' | 'step'>, numberOfTasks: number): KnownGroup {
  const tasks = Array.from(
    { length: numberOfTasks },
    (): KnownTask => ({ digest: null, leases: [], failures: [] }),
  )
  return { ...of, tasks, failed: new Set(), accepted: 0, isOver: false }
}

export function groupsOf({ step, evaluations }: KnownRun): KnownGroup[] {
  return step === null ? [...evaluations.values()] : [...evaluations.values(), step]
}

/** For all that the worker was told, it is still wanted. */
export function isOpenIn({ gone, group }: KnownLease, task: number): boolean {
  return !gone.has(task) && group.tasks[task]!.digest === null
}

export function isThrough({ tasks, group }: KnownLease): boolean {
  return tasks.every((task) => group.tasks[task]!.digest !== null)
}

export function isDeterministic({ open }: KnownRun): boolean {
  return open.description.config.backend === 'deterministic'
}

export function canDo(worker: KnownWorker, run: KnownRun, kind: Task['kind']): boolean {
  return (worker.deterministic || !isDeterministic(run)) && !worker.unfitFor.has(workName(run, kind))
}

export function workName({ open }: KnownRun, kind: Task['kind']): string {
  return `${open.description.id}/${kind}`
}
