/** The workers' connections: each message is parsed once and becomes an event; the core's facts go out to whom they concern. */

import type { Hash, RunId, WorkerId } from '@worldflora/protocol/ids'
import {
  type CoordinatorEvents,
  type JoinReply,
  JoinRequest,
  type LeaseRevoked,
  PROTOCOL_VERSION,
  RequestWork,
  ReturnLease,
  type WorkerEvents,
  type WorkReply,
} from '@worldflora/protocol/messages'
import { isRejection, parseOrReject, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { RunStatus } from '@worldflora/protocol/runs'
import { Server, type Socket } from 'socket.io'
import type { HeldLease } from '../conductor.ts'
import type { Site } from './site.ts'

/** The largest message is `request-work` with 256 hashes. */
const MESSAGE_BYTES = 64 << 10

type WorkerSocket = Socket<WorkerEvents, CoordinatorEvents>
export type Audience = {
  io: Server<WorkerEvents, CoordinatorEvents>
  announceWork(workerIds: readonly WorkerId[]): void
  revokeLease(workerId: WorkerId, fact: LeaseRevoked): void
  announceStep(fact: { run: RunId; step: number; checkpoint: Hash }): void
  announceStatus(runs: RunStatus[]): void
}

/** `site` is asked for with each connection: the sockets are open before everything behind them is. */
export function openSockets(site: () => Site, onWorkersChange: () => void): Audience {
  const io: Audience['io'] = new Server({ serveClient: false, maxHttpBufferSize: MESSAGE_BYTES })
  io.on('connection', (socket) => {
    socket.emit('status-changed', site().runs.statuses())
    attendWorker(io, socket, site(), onWorkersChange)
  })
  const connectionOf = (workerId: WorkerId) => site().roster.connectionOf(workerId)
  return {
    io,
    announceWork(workerIds) {
      for (const workerId of workerIds) {
        const connection = connectionOf(workerId)
        if (connection !== null) io.to(connection).emit('work-available')
      }
    },
    revokeLease(workerId, fact) {
      const connection = connectionOf(workerId)
      if (connection !== null) io.to(connection).emit('lease-revoked', fact)
    },
    announceStep: (fact) => void io.to(JOINED).emit('step-advanced', fact),
    announceStatus: (runs) => void io.emit('status-changed', runs),
  }
}

const JOINED = 'joined'

function attendWorker(
  io: Audience['io'],
  socket: WorkerSocket,
  site: Site,
  onWorkersChange: () => void,
): void {
  const { conductor, roster, runWork, journal, log } = site
  let workerId: WorkerId | null = null

  function join(request: JoinRequest): JoinReply {
    const mismatch = mismatchOf(request, site.build)
    if (mismatch !== null) return mismatch
    if (workerId !== null) {
      return reject('joined-already', 'This connection has joined already.', 'Ask for work.')
    }
    const { entry, secret, isNew, replaced } = roster.join(request, socket.id, site.clock.date())
    workerId = entry.id
    if (replaced !== null) io.sockets.sockets.get(replaced)?.disconnect(true)
    const { host, device, deterministic } = entry
    conductor.say({ kind: 'worker-joined', workerId, deterministic })
    void socket.join(JOINED)
    if (isNew) journal.note('worker-joined', null, `A worker joined: ${host}, ${device.backend}.`)
    onWorkersChange()
    const leases = conductor.leasesOf(workerId).map(({ leaseId }) => leaseId)
    return { kind: 'joined', workerId, secret, deterministic, leases }
  }

  /** null before the join, and once another connection speaks for the worker. */
  function speaker(): WorkerId | null {
    return workerId !== null && roster.connectionOf(workerId) === socket.id ? workerId : null
  }

  function requestWork({ shards, ...request }: RequestWork): WorkReply {
    const workerId = speaker()
    if (workerId === null) return notJoined()
    if (request.imagesPerSecond !== undefined) roster.notePace(workerId, request.imagesPerSecond)
    const [answer] = conductor.say({ kind: 'work-requested', workerId, shards: new Set(shards), ...request })
    if (answer?.kind === 'keep-idle') {
      const { prefetch, ahead, classes } = answer
      return { kind: 'idle', prefetch, classes, ...(ahead === null ? {} : { ahead }) }
    }
    if (answer?.kind !== 'grant-lease') throw new Error('the core did not answer a request')
    runWork.noteLease(answer.lease.run.id)
    return { kind: 'leased', lease: answer.lease }
  }

  async function returnLease(returned: ReturnLease): Promise<{ kind: 'returned' } | Rejection> {
    const workerId = speaker()
    if (workerId === null) return notJoined()
    const { leaseId, reason, task, message } = returned
    if (reason !== 'stopped') log.warn({ workerId, leaseId, reason, message }, 'a lease came back')
    const lease = reason === 'failed' ? conductor.leaseOf(leaseId) : null
    // DU5: before anything is held against the task, or the same lease is given again.
    const isBlameless =
      lease?.workerId === workerId && (await runWork.findDamage(lease.runId, shardsOf(lease)))
    conductor.say({
      kind: 'lease-returned',
      workerId,
      leaseId,
      reason: isBlameless ? 'stopped' : reason,
      task,
      message,
    })
    // Perhaps nobody is left whom its run fits: its status says so.
    if (reason === 'unfit') onWorkersChange()
    return { kind: 'returned' }
  }

  socket.on('join', answering(JoinRequest, 'the join request', join))
  socket.on('request-work', answering(RequestWork, 'the request for work', requestWork))
  socket.on('return-lease', answering(ReturnLease, 'the returned lease', returnLease))
  socket.on('disconnect', () => {
    if (workerId === null || !roster.leave(workerId, socket.id)) return
    conductor.say({ kind: 'worker-left', workerId })
    onWorkersChange()
  })
}

/** A handler that parses what a stranger sent, and answers if the stranger wants an answer. */
function answering<S extends Parameters<typeof parseOrReject>[0], Reply>(
  schema: S,
  what: string,
  handle: (request: never) => Reply | Rejection | Promise<Reply | Rejection>,
) {
  return (request: unknown, reply: unknown) => {
    const parsed = parseOrReject(schema, request, what)
    const answer = isRejection(parsed) ? parsed : handle(parsed as never)
    if (typeof reply !== 'function') return
    if (answer instanceof Promise) answer.then((later) => reply(later))
    else reply(answer)
  }
}

function shardsOf({ tasks }: HeldLease): Hash[] {
  return tasks.flatMap(({ entries }) => entries.map(({ shard }) => shard))
}

function mismatchOf({ protocol, build, host }: JoinRequest, ownBuild: string | null): Rejection | null {
  if (protocol !== PROTOCOL_VERSION) {
    return reject(
      'protocol-mismatch',
      `This worker speaks version ${protocol} of the protocol; this site speaks ${PROTOCOL_VERSION}.`,
      host === 'browser'
        ? 'Reload the page.'
        : protocol < PROTOCOL_VERSION
          ? 'Update Worldflora on this machine, then join again.'
          : 'Join with the version of Worldflora that this site has, or ask its operator to update.',
    )
  }
  if (host === 'browser' && ownBuild !== null && build !== ownBuild) {
    return reject('build-mismatch', 'This page is of another version than the site.', 'Reload the page.')
  }
  return null
}

function notJoined(): Rejection {
  return reject('not-joined', 'This connection has not joined.', 'Join first.')
}
