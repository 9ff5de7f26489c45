/**
 * A lease from its arrival until it is computed: for each of its tasks fetch what is missing, and compute. The compute part is given a
 * task while it has the one before: on a GPU that one's values are on their way back from it by then.
 */

import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import type { Hash } from '@worldflora/protocol/ids'
import type { Device, Lease, Task } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { imagesOf, photosIn } from '@worldflora/protocol/task-images'
import type { ActivityBoard } from './activity.ts'
import type { BlobCaches } from './blob-cache.ts'
import type { BlobSource } from './blob-source.ts'
import { faultOfChain, supplyCheckpoint } from './checkpoint-supply.ts'
import type { CheckpointTrail } from './checkpoint-trail.ts'
import type { Clock } from './clock.ts'
import { codingFor } from './coding-choice.ts'
import { faultOf } from './compute-fault.ts'
import type { ComputePort } from './compute-port.ts'
import type { ComputeSeat } from './compute-seat.ts'
import type { Delivery } from './delivery.ts'
import type { PaceLimit } from './pace-limit.ts'
import type { Rate } from './rate.ts'
import type { ResultPush } from './result-push.ts'
import type { Supplied } from './supplied.ts'
import { unlessAborted } from './unless-aborted.ts'

export type LeaseEnd =
  /** Whatever of it was still wanted. */
  | { kind: 'delivered' }
  /** The coordinator did not take a result, and has counted that already. */
  | { kind: 'refused'; rejection: Rejection }
  /** To be given back with the reason; `task` is the one that failed, if it was one. */
  | { kind: 'failed'; rejection: Rejection; task?: number }
  /** Revoked, forgotten, past its deadline, or the worker was stopped. */
  | { kind: 'abandoned' }

/** A lease's tasks are computed: what of them is to be delivered, one upload each. */
export type Computed = { kind: 'computed'; parcels: Parcel[] }
/** A gradient's body is the exact sum of all its tasks; of other kinds, each task has a parcel. */
export type Parcel = { tasks: ComputedTask[]; body: Uint8Array | EvaluateResult }
export type ComputedTask = { task: Task; images: number; digest?: Hash }

export type LeaseTools = {
  device: Device
  seat: ComputeSeat
  source: BlobSource
  push: ResultPush
  caches: BlobCaches
  trail: CheckpointTrail
  supplied: Supplied
  board: ActivityBoard
  clock: Clock
  /** In images, of the tasks computed. */
  pace: Rate
  limit: PaceLimit
  photosShown: number
  onDelivery(delivery: Delivery): void
}

/** A lease in this worker's hands. */
export type HeldLease = {
  lease: Lease
  /** Aborts when the lease is not worth another moment. */
  abandon: AbortController
  /** From its arrival on. */
  untilDeadline: AbortSignal
  /** Tasks of it that others have done. */
  revoked: Set<number>
}

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
  const foretell = () => expect(tools.limit.msFor(imagesLeft, tools.pace))
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

type TaskOfLease = {
  lease: Lease
  task: Task
  tasksLeft: number
  signal: AbortSignal
  untilDeadline: AbortSignal
  /** When the task before it was through. */
  stretch: { endedMs: number }
}
/** A gradient stays in the compute part: its result is the digest. */
type TaskOutcome = { task: Task; result: Hash | EvaluateResult | Uint8Array; images: number }
type UnderWay = {
  place: TaskOfLease
  outcome: Promise<TaskOutcome | LeaseEnd>
  photos: Promise<Uint8Array[]> | null
}

/** null: the compute part has all that the task needs. */
async function readyTask(place: TaskOfLease, tools: LeaseTools): Promise<LeaseEnd | null> {
  const { lease, task, untilDeadline } = place
  try {
    const isThere = tools.supplied.covers(lease, task, tools.seat.generation)
    const fault = isThere ? null : await fetchMissing(lease, task, tools, untilDeadline)
    if (fault !== null) return { kind: 'failed', rejection: fault, task: task.task }
    tools.supplied.note(lease, task, tools.seat.generation)
    return null
  } catch (error) {
    return endedBy(error, place, 0, tools)
  }
}

async function computeTask(place: TaskOfLease, tools: LeaseTools): Promise<TaskOutcome | LeaseEnd> {
  const { lease, task, signal, stretch } = place
  const images = imagesOf(task, lease.run.config)
  const imagesPerPhoto = images / photosIn(task)
  let imagesLeft = images
  try {
    const startedMs = tools.clock.nowMs()
    const result = await unlessAborted(
      computeSupplied(place, tools, (photosDone) => {
        imagesLeft = images - imagesPerPhoto * photosDone
        if (!signal.aborted) tools.board.showTaskProgress(task.task, photosDone)
      }),
      signal,
    )
    if (isRejection(result)) return { kind: 'failed', rejection: result, task: task.task }
    imagesLeft = 0
    const ownMs = Math.max(startedMs, stretch.endedMs)
    stretch.endedMs = tools.clock.nowMs()
    tools.pace.note(images, stretch.endedMs - ownMs)
    await tools.limit.rest(images, ownMs, signal)
    tools.board.show({ imagesPerSecond: tools.limit.applyTo(tools.pace.perSecond()) })
    return { task, result, images }
  } catch (error) {
    return endedBy(error, place, imagesLeft, tools)
  }
}

/** `imagesLeft`: of the computation under way. */
function endedBy(
  error: unknown,
  { task, signal }: TaskOfLease,
  imagesLeft: number,
  tools: LeaseTools,
): LeaseEnd {
  if (signal.aborted || isTimeout(error)) {
    if (imagesLeft > 0) tools.seat.abandon(tools.pace.msFor(imagesLeft))
    return { kind: 'abandoned' }
  }
  // After an abort inside WASM a backend is worth nothing: the next task gets a new thread.
  tools.seat.terminate()
  return { kind: 'failed', rejection: faultOf(error), task: task.task }
}

async function fetchMissing(
  lease: Lease,
  task: Task,
  tools: LeaseTools,
  signal: AbortSignal,
): Promise<Rejection | null> {
  const fault = faultOfChain(lease.checkpoint)
  if (fault !== null) return fault
  tools.supplied.forget()
  const call = <T>(task: (compute: ComputePort) => Promise<T>) =>
    unlessAborted(tools.seat.call(tools.device, task), signal)
  const { source, caches, trail } = tools
  const supply = { call, source, cache: caches.checkpoints, trail, signal }
  const behind = await supplyCheckpoint(lease.run, lease.checkpoint, supply)
  if (behind !== null) return behind
  const bytesOf = new Map<Hash, number>(task.entries.map((entry) => [entry.shard, entry.bytes]))
  for (const hash of await call((part) => part.missingShards([...bytesOf.keys()]))) {
    const bytes = await tools.source.get({ hash, bytes: bytesOf.get(hash)! }, tools.caches.shards, signal)
    if (isRejection(bytes)) return bytes
    const loaded = await call((part) => part.loadShard(hash, bytes))
    if (loaded !== null) return loaded
  }
  const { trainCounts } = lease.run.flora
  if (trainCounts === undefined || task.kind !== 'gradient') return null
  if (await call((part) => part.holdsTrainCounts(trainCounts.hash))) return null
  const bytes = await tools.source.get(trainCounts, tools.caches.shards, signal)
  return isRejection(bytes) ? bytes : call((part) => part.loadTrainCounts(lease.run, bytes))
}

/** What the session took to be there may be gone: then it is brought once more. */
async function computeSupplied(
  { lease, task, untilDeadline }: TaskOfLease,
  tools: LeaseTools,
  onProgress: (photosDone: number) => void,
): Promise<TaskOutcome['result'] | Rejection> {
  const result = await compute(lease, task, tools, onProgress)
  if (!isRejection(result) || !['checkpoint-missing', 'shard-missing'].includes(result.code)) return result
  const fault = await fetchMissing(lease, task, tools, untilDeadline)
  return fault ?? compute(lease, task, tools, onProgress)
}

function compute(
  { leaseId, run, checkpoint: { checkpoint } }: Lease,
  task: Task,
  { seat, device }: LeaseTools,
  onProgress: (photosDone: number) => void,
): Promise<TaskOutcome['result'] | Rejection> {
  return seat.call<TaskOutcome['result'] | Rejection>(device, (part) => {
    switch (task.kind) {
      case 'gradient':
        return part.gradient({ leaseId, run, checkpoint, task }, onProgress)
      case 'evaluate':
        return part.evaluate({ run, checkpoint, task }, onProgress)
      case 'extract-features':
        return part.features({ run, checkpoint, task }, onProgress)
    }
  })
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

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError'
}
