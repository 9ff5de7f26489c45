/**
 * The process that the connections live in: each joins as a worker of its own, asks for work over its socket, and pushes the
 * same gradient for each task of its lease, one by one, as soon as the one before is acknowledged: where a worker sends one sum a
 * lease, this sends as many bodies as there are tasks. Nothing is computed.
 */
import { Agent, request } from 'node:http'
import type { LeaseId } from '@worldflora/protocol/ids'
import {
  type CoordinatorEvents,
  type JoinReply,
  PROTOCOL_VERSION,
  type ResultReply,
  type WorkerEvents,
  type WorkReply,
} from '@worldflora/protocol/messages'
import { io, type Socket } from 'socket.io-client'

export type Order = {
  url: string
  connections: number
  goldenHash: string
  /** The partial sum of one task, in base64, and the hash of the task's contribution. */
  body: string
  digest: string
}

export type Report =
  | { kind: 'joined' }
  | { kind: 'pushed'; latenciesMs: number[]; accepted: number; others: number }
  | { kind: 'stopped' }

const REPORT_EVERY_MS = 500
/** At once, so that joining is not what is measured. */
const JOINS_AT_ONCE = 50

process.once('message', (order: Order) => void drive(order))
// It ends with whoever started it.
process.once('disconnect', () => process.exit())

async function drive(order: Order): Promise<void> {
  const body = Buffer.from(order.body, 'base64')
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections })
  const target = new URL(order.url)
  let latenciesMs: number[] = []
  let accepted = 0
  let others = 0
  let isOver = false

  function tell(report: Report): void {
    // Whoever listened may be gone: then so is this process, in a moment.
    process.send?.(report, undefined, undefined, () => {})
  }

  function push(leaseId: LeaseId, task: number, secret: string): Promise<ResultReply> {
    return new Promise((resolve, fail) => {
      const outgoing = request(
        {
          agent,
          host: target.hostname,
          port: target.port,
          method: 'PUT',
          path: `/api/leases/${leaseId}/result?tasks=${task}`,
          headers: {
            authorization: `Bearer ${secret}`,
            'content-length': body.length,
            'content-type': 'application/octet-stream',
            'task-digests': order.digest,
          },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk) => chunks.push(chunk))
          response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())))
        },
      )
      outgoing.on('error', fail)
      outgoing.end(body)
    })
  }

  async function work(socket: Socket<CoordinatorEvents, WorkerEvents>, secret: string): Promise<void> {
    while (!isOver) {
      const rung = new Promise<void>((ring) => socket.once('work-available', () => ring()))
      const reply: WorkReply = await socket.emitWithAck('request-work', {
        holding: [],
        shards: [],
        imagesPerSecond: 1000,
      })
      if (reply.kind === 'rejection') throw new Error(reply.message)
      if (reply.kind === 'idle') {
        await rung
        continue
      }
      for (const { task } of reply.lease.tasks) {
        const startMs = performance.now()
        const { kind } = await push(reply.lease.leaseId, task, secret)
        latenciesMs.push(performance.now() - startMs)
        if (kind === 'accepted') accepted++
        else others++
        if (kind === 'stale' || isOver) break
      }
    }
  }

  async function join(): Promise<() => Promise<void>> {
    const socket: Socket<CoordinatorEvents, WorkerEvents> = io(order.url, {
      forceNew: true,
      transports: ['websocket'],
    })
    await new Promise<void>((connected) => socket.once('connect', () => connected()))
    const device = { backend: 'wasm' as const, goldenHash: order.goldenHash as never }
    const joined: JoinReply = await socket.emitWithAck('join', {
      protocol: PROTOCOL_VERSION,
      host: 'node',
      device,
    })
    if (joined.kind !== 'joined') throw new Error(joined.message)
    return () => work(socket, joined.secret)
  }

  const workers: (() => Promise<void>)[] = []
  while (workers.length < order.connections) {
    const count = Math.min(JOINS_AT_ONCE, order.connections - workers.length)
    workers.push(...(await Promise.all(Array.from({ length: count }, join))))
  }
  tell({ kind: 'joined' })
  setInterval(() => {
    tell({ kind: 'pushed', latenciesMs, accepted, others })
    latenciesMs = []
    accepted = 0
    others = 0
  }, REPORT_EVERY_MS)
  process.on('message', () => {
    isOver = true
    setTimeout(() => {
      tell({ kind: 'pushed', latenciesMs, accepted, others })
      tell({ kind: 'stopped' })
    }, 3000)
  })
  await Promise.all(workers.map((work) => work()))
}
