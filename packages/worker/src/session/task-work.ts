/** One task of a lease: what the compute part lacks for it is fetched, then it is computed. */
import type { EvaluateResult } from '@worldflora/protocol/evaluation'
import type { Hash } from '@worldflora/protocol/ids'
import type { Lease, Task } from '@worldflora/protocol/messages'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { imagesOf, photosIn } from '@worldflora/protocol/task-images'
import { faultOfChain, supplyCheckpoint } from './checkpoint-supply.ts'
import { faultOf } from './compute-fault.ts'
import type { ComputePort } from './compute-port.ts'
import type { LeaseEnd } from './held-lease.ts'
import type { LeaseTools } from './lease-tools.ts'
import { unlessAborted } from './unless-aborted.ts'

export type TaskOfLease = {
  lease: Lease
  task: Task
  tasksLeft: number
  signal: AbortSignal
  untilDeadline: AbortSignal
  /** When the task before it was through. */
  stretch: { endedMs: number }
}
/** A gradient stays in the compute part: its result is the digest. */
export type TaskOutcome = { task: Task; result: Hash | EvaluateResult | Uint8Array; images: number }

/** null: the compute part has all that the task needs. */
export async function readyTask(place: TaskOfLease, tools: LeaseTools): Promise<LeaseEnd | null> {
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

export async function computeTask(place: TaskOfLease, tools: LeaseTools): Promise<TaskOutcome | LeaseEnd> {
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
    const pace = tools.paces.forLease(lease)
    pace.note(images, stretch.endedMs - ownMs)
    await tools.limit.rest(images, ownMs, signal)
    tools.board.show({ imagesPerSecond: tools.limit.applyTo(pace.perSecond()) })
    return { task, result, images }
  } catch (error) {
    return endedBy(error, place, imagesLeft, tools)
  }
}

/** `imagesLeft`: of the computation under way. */
function endedBy(
  error: unknown,
  { lease, task, signal }: TaskOfLease,
  imagesLeft: number,
  tools: LeaseTools,
): LeaseEnd {
  if (signal.aborted || isTimeout(error)) {
    if (imagesLeft > 0) tools.seat.abandon(tools.paces.forLease(lease).msFor(imagesLeft))
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

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError'
}
