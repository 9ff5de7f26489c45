/**
 * A lease from its arrival until it is computed: its tasks in their order, and what of them is to be delivered. The compute part is given a
 * task while it has the one before: on a GPU that one's values are on their way back from it by then.
 */
import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import type { Hash } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'
import { isRejection } from '@worldflora/protocol/rejection'
import { imagesOf, photosIn } from '@worldflora/protocol/task-images'
import type { ActivityBoard } from './activity.ts'
import { codingFor } from './coding-choice.ts'
import { faultOf } from './compute-fault.ts'
import type { HeldLease, LeaseEnd } from './held-lease.ts'
import type { LeaseTools } from './lease-tools.ts'
import { computeTask, readyTask, type TaskOfLease, type TaskOutcome } from './task-work.ts'
import { unlessAborted } from './unless-aborted.ts'

/** A lease's tasks are computed: what of them is to be delivered, one upload each. */
export type Computed = { kind: 'computed'; parcels: Parcel[] }
/** A gradient's body is the exact sum of all its tasks; of other kinds, each task has a parcel. */
export type Parcel = { tasks: ComputedTask[]; body: Uint8Array | EvaluateResult }
export type ComputedTask = { task: Task; images: number; digest?: Hash }

/**
 * How many tasks the compute part is given beyond the one whose result is waited for, so that it never waits for the session between
 * two. Where the volunteer limits the pace it rests between them.
 */
function tasksAhead({ limit }: LeaseTools): number {
  return limit.isSet ? 0 : 1
}

/**
 * All tasks of it, in their order; what others have done meanwhile is left out. `expect` is told how long it will take from now on,
 * again with each task.
 */
export async function computeLease(
  held: HeldLease,
  tools: LeaseTools,
  expect: (remainingMs: number) => void = () => {},
): Promise<Computed | LeaseEnd> {
  const { lease, revoked } = held
  const { signal } = held.abandon
  const untilDeadline = AbortSignal.any([signal, held.untilDeadline])
  const done: ComputedTask[] = []
  const answers: Parcel[] = []
  const underWay: UnderWay[] = []
  const stretch = { endedMs: 0 }
  const ahead = tasksAhead(tools)
  let imagesLeft = lease.tasks.reduce((sum, task) => sum + imagesOf(task, lease.run.config), 0)
  const foretell = () => expect(tools.limit.msFor(imagesLeft, tools.paces.forLease(lease)))
  /** Until no more than so many are under way. */
  const collect = async (most: number): Promise<LeaseEnd | null> => {
    while (underWay.length > most) {
      const outcome = await underWay[0]!.outcome
      underWay.shift()
      if ('kind' in outcome) return outcome
      const { task, images, result } = outcome
      if (typeof result === 'string') done.push({ task, images, digest: result })
      else answers.push({ tasks: [{ task, images }], body: result })
      imagesLeft -= images
      foretell()
      if (underWay.length > 0) showComputing(underWay[0]!, tools.board)
    }
    return null
  }
  foretell()
  try {
    for (const [index, task] of lease.tasks.entries()) {
      if (revoked.has(task.task)) {
        imagesLeft -= imagesOf(task, lease.run.config)
        continue
      }
      const place = { lease, task, tasksLeft: lease.tasks.length - index, signal, untilDeadline, stretch }
      if (underWay.length === 0) showTask(place, 'fetching', tools.board)
      const fault = await readyTask(place, tools)
      if (fault !== null) return fault
      const photos = photosOf(task, tools)
      underWay.push({ place, photos, outcome: computeTask(place, tools) })
      if (underWay.length === 1) showComputing(underWay[0]!, tools.board)
      const end = await collect(ahead)
      if (end !== null) return end
    }
    const end = await collect(0)
    if (end !== null) return end
  } finally {
    // What is still under way is not wanted; but what the compute part keeps of it must be there to be released.
    await Promise.all(underWay.map(({ outcome }) => outcome))
  }
  const wanted = done.filter(({ task }) => !revoked.has(task.task))
  if (wanted.length === 0) return { kind: 'computed', parcels: answers }
  const body = await sumOf(held, wanted, tools)
  if (!(body instanceof Uint8Array)) return body
  return { kind: 'computed', parcels: [...answers, { tasks: wanted, body }] }
}

/** The exact sum of contributions that the compute part keeps, as it is uploaded. */
export async function sumOf(
  { lease, abandon }: HeldLease,
  tasks: readonly ComputedTask[],
  { seat, device, push }: LeaseTools,
): Promise<Uint8Array | LeaseEnd> {
  const of = {
    leaseId: lease.leaseId,
    tasks: tasks.map(({ task }) => task.task),
    coding: codingFor(push.bytesPerSecond()),
  }
  try {
    const sum = await unlessAborted(
      seat.call(device, (part) => part.sum(of)),
      abandon.signal,
    )
    return isRejection(sum) ? { kind: 'failed', rejection: sum } : sum
  } catch (error) {
    return abandon.signal.aborted ? { kind: 'abandoned' } : { kind: 'failed', rejection: faultOf(error) }
  }
}

type UnderWay = {
  place: TaskOfLease
  outcome: Promise<TaskOutcome | LeaseEnd>
  photos: Promise<Uint8Array[]> | null
}

function showTask(
  { lease: { run }, task, tasksLeft }: TaskOfLease,
  state: 'fetching' | 'computing',
  board: ActivityBoard,
): void {
  const { kind, step, task: number } = task
  board.show({
    state,
    run: { id: run.id, name: run.config.name },
    task: { kind, step, task: number, tasksLeft, images: photosIn(task), imagesDone: 0, photos: [] },
  })
}

function showComputing({ place, photos }: UnderWay, board: ActivityBoard): void {
  showTask(place, 'computing', board)
  void photos?.then((shown) => board.showPhotos(place.task.task, shown))
}

/** Asked for before the task is given, for they are wanted while it is computed. */
function photosOf(
  { entries }: Task,
  { seat, device, photosShown }: LeaseTools,
): Promise<Uint8Array[]> | null {
  if (photosShown === 0) return null
  return seat.call(device, (part) => part.photosOf(entries, photosShown)).catch(() => [])
}
