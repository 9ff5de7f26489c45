/** PUT /api/leases/ID/result: what a worker computed. Read only if it can be right, checked before the core hears of it (IN1). */
import { encodedBytes, parseVector } from '@worldflora/protocol/gradient-codec'
import { LIMITS } from '@worldflora/protocol/http'
import { LeaseId } from '@worldflora/protocol/ids'
import { EvaluateResult, type ResultReply, type Task } from '@worldflora/protocol/messages'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { HeldLease, TaskResult } from '../conductor.ts'
import type { ActiveRun } from '../runs/active-run.ts'
import { sha256 } from '../store/blob-store.files.ts'
import { answer, answerRejection } from './answer.ts'
import { parseJson, readBytes } from './body.ts'
import { bearerOf } from './operator-guard.ts'
import { Room } from './room.ts'
import type { Site } from './site.ts'

/** Bodies in memory at one time; the next ones wait at their sockets. */
const BYTES_AT_ONCE = 256 << 20
/** As with a lease that is returned. */
const LONGEST_MESSAGE = 2000

export function resultRoutes(site: Site): Hono {
  const room = new Room(BYTES_AT_ONCE)
  const routes = new Hono()
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
    const tasks = lease.tasks.filter(({ task }) => numbers.includes(task))
    if (tasks.length !== numbers.length) return answerRejection(otherTasks())

    const mostBytes = sizeLimit(tasks, run)
    return room.hold(mostBytes, async () => {
      const bytes = await readBytes(c.req.raw, mostBytes)
      if (isRejection(bytes)) return answerRejection(refuse(site, lease, tasks, bytes))
      return answer(receive(site, { lease, tasks, run, bytes }))
    })
  })
  return routes
}

/** `3,4,5`: which tasks of the lease a result answers, each once. */
const TaskNumbers = v.pipe(
  v.string('?tasks= names the tasks, such as 3,4,5'),
  v.regex(/^\d{1,5}(,\d{1,5}){0,63}$/, '?tasks= names the tasks, such as 3,4,5'),
  v.transform((text) => text.split(',').map(Number)),
  v.check((numbers) => new Set(numbers).size === numbers.length, 'a task is named twice'),
)

function otherTasks(): Rejection {
  return reject('other-tasks', 'The lease is not of all of these tasks.', 'Name only tasks of this lease.')
}

/** Of one photo's row as JSON: its longest observation name and its numbers. */
const ROW_BYTES = 2048

function sizeLimit(tasks: Task[], { layout }: ActiveRun): number {
  if (tasks[0]!.kind === 'evaluate') {
    const photos = photosOf(tasks)
    return Math.min(LIMITS.evaluateResultBytes, ROW_BYTES * (1 + photos))
  }
  return encodedBytes(layout.contribution, layout.contribution.wire)
}

function photosOf(tasks: Task[]): number {
  return tasks.reduce(
    (sum, { entries }) => sum + entries.reduce((photos, { samples }) => photos + samples.length, 0),
    0,
  )
}

type Received = { lease: HeldLease; tasks: Task[]; run: ActiveRun; bytes: Uint8Array<ArrayBuffer> }

function receive(site: Site, { lease, tasks, run, bytes }: Received): ResultReply {
  const { workerId, leaseId } = lease
  const [task, ...others] = tasks
  if (task === undefined || others.length > 0) return refuse(site, lease, tasks, oneTaskOnly())
  const results = [{ task: task.task, digest: sha256(bytes) }]
  const result = task.kind === 'gradient' ? parseGradient(bytes, run) : parseRows(bytes, task, run)
  if (isRejection(result)) return refuse(site, lease, tasks, result)
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

function parseGradient(bytes: Uint8Array<ArrayBuffer>, { layout }: ActiveRun): TaskResult | Rejection {
  const vector = parseVector(bytes, layout.contribution)
  return isRejection(vector) ? vector : { kind: 'gradient', bytes }
}

function parseRows(bytes: Uint8Array, task: Task, { book }: ActiveRun): TaskResult | Rejection {
  const rows = parseJson(bytes, EvaluateResult, 'the evaluation’s result')
  if (isRejection(rows)) return rows
  const { photos } = rows
  const due = photosOf([task])
  const species = book.record.flora.species
  const isKnown = (index: number) => index < species
  const isWhole =
    photos.length === due &&
    photos.every(
      (photo) =>
        isKnown(photo.species) &&
        isKnown(photo.rank) &&
        isKnown(photo.fusedRank ?? 0) &&
        photo.best.every(([other]) => isKnown(other)),
    )
  if (isWhole) return { kind: 'evaluate', photos }
  return reject(
    'invalid',
    `The result has ${photos.length} rows of ${species} species at most, where the task has ${due} photos.`,
    'Update the worker and join again.',
  )
}

/** Counts towards LV1: what several workers are refused for is not their fault. */
function refuse(site: Site, lease: HeldLease, tasks: Task[], rejection: Rejection): Rejection {
  const { workerId, leaseId } = lease
  // It may quote the body; it is kept, and shown as the run's reason.
  const message = rejection.message.slice(0, LONGEST_MESSAGE)
  site.conductor.say({ kind: 'result-refused', workerId, leaseId, task: tasks[0]!.task, message })
  return rejection
}
