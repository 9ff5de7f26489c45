/** PUT /api/leases/ID/result: what a worker computed. Read only if it can be right, checked before the core hears of it (IN1). */
import type { HttpBindings } from '@hono/node-server'
import { largestFeatureShardBytes, readFeatureShard } from '@worldflora/dataset/feature-shard'
import { featureCount } from '@worldflora/model/parameters'
import { LIMITS } from '@worldflora/protocol/body-limits'
import { EvaluateResult } from '@worldflora/protocol/evaluation'
import { Hash, LeaseId } from '@worldflora/protocol/ids'
import type { ExtractFeaturesTask, ResultReply, Task } from '@worldflora/protocol/messages'
import { largestPartialSumBytes } from '@worldflora/protocol/partial-sum'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import { photosIn } from '@worldflora/protocol/task-images'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { HeldLease, TaskResult } from '../conductor.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { noteUpload } from '../runs/run-book.ts'
import { sha256 } from '../store/blob-store.files.ts'
import { answer, answerRejection } from './answer.ts'
import { parseJson } from './body.ts'
import { bearerOf } from './operator-guard.ts'
import { Room } from './room.ts'
import type { Site } from './site.ts'
import { brokenUpload, type Upload, Uploads } from './uploads.ts'

/** Bodies of evaluations in memory at one time; the next ones wait at their sockets. */
const BYTES_AT_ONCE = 64 << 20
/** As with a lease that is returned. */
const LONGEST_MESSAGE = 2000

export function resultRoutes(site: Site): Hono<{ Bindings: HttpBindings }> {
  const room = new Room(BYTES_AT_ONCE)
  const uploads = new Uploads(site.clock)
  const routes = new Hono<{ Bindings: HttpBindings }>()
  routes.put('/:leaseId/result', async (c) => {
    const bearer = bearerOf(c.req.raw)
    const workerId = bearer === null ? null : site.roster.bearer(bearer)
    if (workerId === null) {
      return answerRejection(
        reject('not-a-worker', 'This is no worker’s token.', 'Join first: the answer has the token.'),
      )
    }
    const leaseId = parseOrReject(LeaseId, c.req.param('leaseId'), 'the lease’s name')
    if (isRejection(leaseId)) return answerRejection(leaseId)
    const numbers = parseOrReject(TaskNumbers, c.req.query('tasks'), 'the list of tasks')
    if (isRejection(numbers)) return answerRejection(numbers)
    const lease = site.conductor.leaseOf(leaseId)
    const run = lease === null ? null : site.runs.active(lease.runId)
    if (lease === null || run === null || lease.workerId !== workerId) return answer({ kind: 'stale' })
    const tasks = numbers.flatMap((number) => lease.tasks.find(({ task }) => task === number) ?? [])
    if (tasks.length !== numbers.length) return answerRejection(otherTasks())

    const digests = digestsIn(c.req.header('task-digests'), numbers.length)
    if (isRejection(digests)) return answerRejection(digests)

    const { incoming } = c.env
    return uploads.attend(leaseId, incoming, async (upload) => {
      const declaredBytes = Number(incoming.headers['content-length'] ?? 0)
      const work = { lease, tasks, run, declaredBytes, digests }
      const reply = await (tasks[0]!.kind === 'gradient'
        ? takeGradient(site, work, upload)
        : room.hold(answerLimit(tasks[0]!, run), () => takeRows(site, work, upload)))
      return reply.kind === 'rejection' ? answerRejection(reply) : answer(reply)
    })
  })
  return routes
}

/** `3,4,5`: which tasks of the lease a result answers, each once. */
const TaskNumbers = v.pipe(
  v.string('?tasks= names the tasks, such as 3,4,5'),
  v.regex(/^\d{1,7}(,\d{1,7}){0,63}$/, '?tasks= names the tasks, such as 3,4,5'),
  v.transform((text) => text.split(',').map(Number)),
  v.check((numbers) => new Set(numbers).size === numbers.length, 'a task is named twice'),
)

/** `task-digests: HEX,HEX`: of each task that `?tasks=` names, in its order. */
function digestsIn(header: string | undefined, tasks: number): Hash[] | Rejection | null {
  if (header === undefined) return null
  const digests = parseOrReject(v.array(Hash), header.split(/ *, */), 'the list of digests')
  if (isRejection(digests) || digests.length === tasks) return digests
  return reject('invalid', `There are ${digests.length} digests of ${tasks} tasks.`, 'Give one of each task.')
}

function noDigests(): Rejection {
  return reject(
    'invalid',
    'A gradient comes without its tasks’ digests.',
    'Give one of each task in the header task-digests.',
  )
}

function otherTasks(): Rejection {
  return reject('other-tasks', 'The lease is not of all of these tasks.', 'Name only tasks of this lease.')
}

/** Of one photo's row as JSON: its longest observation name and its numbers. */
const ROW_BYTES = 2048

function answerLimit(task: Task, run: ActiveRun): number {
  if (task.kind === 'extract-features') return largestFeatureShardBytes(featuresDue(task, run))
  return Math.min(LIMITS.evaluateResultBytes, ROW_BYTES * (1 + photosIn(task)))
}

type Work = {
  lease: HeldLease
  tasks: Task[]
  run: ActiveRun
  declaredBytes: number
  /** Of the tasks' own contributions, in their order. null: of another kind than gradients. */
  digests: Hash[] | null
}

/** Straight from the socket to where threads can read it; the core hears of it when they have looked at it. */
async function takeGradient(site: Site, work: Work, upload: Upload): Promise<ResultReply> {
  const { tasks, run, declaredBytes, digests } = work
  const { contribution } = run.layout
  const mostBytes = largestPartialSumBytes(contribution, tasks.length)
  if (declaredBytes > mostBytes) return refuse(site, work, brokenUpload('too-large', mostBytes))
  if (digests === null) return refuse(site, work, noDigests())
  // A sum of several tasks could be far larger than any is.
  const roomBytes = declaredBytes > 0 ? declaredBytes : mostBytes
  const body = await site.reducer.takeRoom(roomBytes, upload.signal)
  if (body === null) return brokenUpload(upload.end, mostBytes)
  let isTaken = false
  try {
    let receivedBytes = 0
    const end = await upload.receive((chunk) => {
      receivedBytes += chunk.byteLength
      return body.write(chunk)
    })
    if (end === 'too-large') return refuse(site, work, brokenUpload(end, mostBytes))
    if (end !== 'whole') return brokenUpload(end, mostBytes)
    const checked = await site.reducer.check(body, contribution, tasks.length)
    if (isRejection(checked)) return refuse(site, work, checked)
    const reply = say(site, work, digests, { kind: 'gradient', received: checked.received })
    isTaken = reply.kind === 'accepted'
    if (reply.kind === 'accepted') noteUpload(run.book, receivedBytes, reply.images)
    return reply
  } finally {
    if (!isTaken) body.release()
  }
}

async function takeRows(site: Site, work: Work, upload: Upload): Promise<ResultReply> {
  const { tasks, run, declaredBytes } = work
  const [task, ...others] = tasks
  if (task === undefined || others.length > 0) return refuse(site, work, oneTaskOnly())
  const mostBytes = answerLimit(task, run)
  if (declaredBytes > mostBytes) return refuse(site, work, brokenUpload('too-large', mostBytes))
  const chunks: Uint8Array[] = []
  let received = 0
  const end = await upload.receive((chunk) => {
    received += chunk.byteLength
    chunks.push(chunk)
    return received <= mostBytes
  })
  if (end === 'too-large') return refuse(site, work, brokenUpload(end, mostBytes))
  if (end !== 'whole') return brokenUpload(end, mostBytes)
  const bytes = new Uint8Array(Buffer.concat(chunks))
  const result =
    task.kind === 'extract-features' ? parseFeatures(bytes, task, run) : parseRows(bytes, task, run)
  return isRejection(result) ? refuse(site, work, result) : say(site, work, [sha256(bytes)], result)
}

/** `digests` of the tasks, in their order. */
function say(site: Site, { lease, tasks }: Work, digests: Hash[], result: TaskResult): ResultReply {
  const { workerId, leaseId } = lease
  const results = tasks.map(({ task }, i) => ({ task, digest: digests[i]! }))
  for (const effect of site.conductor.say({ kind: 'result-received', workerId, leaseId, results }, result)) {
    if (effect.kind === 'accept-result') return { kind: 'accepted', images: effect.images }
    if (effect.kind === 'ignore-stale-result') return { kind: 'stale' }
    if (effect.kind !== 'note-late-result') continue
    for (const { key, sameBits } of effect.late) {
      if (!sameBits) site.log.warn({ workerId, key }, 'a late copy differs in its bits')
    }
    return effect.open.length === 0 ? { kind: 'late' } : { kind: 'partly-late', open: effect.open }
  }
  throw new Error('the core did not answer a result')
}

function oneTaskOnly(): Rejection {
  return reject('one-task-only', 'A result answers one task.', 'Send the tasks one by one.')
}

function featuresDue(task: ExtractFeaturesTask, { book }: ActiveRun) {
  const dims = featureCount(book.record.config.architecture)
  return { photos: photosIn(task), views: task.views, dims }
}

function parseFeatures(
  bytes: Uint8Array<ArrayBuffer>,
  task: ExtractFeaturesTask,
  run: ActiveRun,
): TaskResult | Rejection {
  const shard = readFeatureShard(bytes)
  if (isRejection(shard)) return shard
  const due = featuresDue(task, run)
  const { species } = run.book.record.flora
  const isOfTask = shard.labels.length === due.photos && shard.views === due.views && shard.dims === due.dims
  if (isOfTask && shard.labels.every((label) => label.species < species))
    return { kind: 'extract-features', bytes }
  return reject(
    'invalid',
    `These are ${shard.dims} features in ${shard.views} views of ${shard.labels.length} photos, or of unknown species, where the task wants ${due.dims} in ${due.views} of ${due.photos}.`,
    'Update the worker and join again.',
  )
}

function parseRows(bytes: Uint8Array, task: Task, { book }: ActiveRun): TaskResult | Rejection {
  const rows = parseJson(bytes, EvaluateResult, 'the evaluation’s result')
  if (isRejection(rows)) return rows
  const { photos } = rows
  const due = photosIn(task)
  const species = book.record.flora.species
  const isKnown = (index: number) => index < species
  const isAnswer = ({ rank, best }: { rank: number; best: [number, number][] }) =>
    isKnown(rank) && best.every(([other]) => isKnown(other))
  const isWhole =
    photos.length === due &&
    photos.every(
      (photo) =>
        isKnown(photo.species) && isAnswer(photo) && (photo.fused === undefined || isAnswer(photo.fused)),
    )
  if (isWhole) return { kind: 'evaluate', photos }
  return reject(
    'invalid',
    `The result has ${photos.length} rows of ${species} species at most, where the task has ${due} photos.`,
    'Update the worker and join again.',
  )
}

/** Counts towards LV1: what several workers are refused for is not their fault. */
function refuse(site: Site, { lease, tasks }: Work, rejection: Rejection): Rejection {
  const { workerId, leaseId } = lease
  // It may quote the body; it is kept, and shown as the run's reason.
  const message = rejection.message.slice(0, LONGEST_MESSAGE)
  site.conductor.say({ kind: 'result-refused', workerId, leaseId, task: tasks[0]!.task, message })
  return rejection
}
