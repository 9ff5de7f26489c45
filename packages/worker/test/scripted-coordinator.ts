/**
 * A coordinator that follows a test's script: real sockets and real HTTP, no scheduling of its own. It keeps what it was told,
 * in order, and tests await the next of each kind; nothing sleeps.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import type {
  JoinReply,
  JoinRequest,
  RequestWork,
  ResultReply,
  ReturnLease,
} from '@worldflora/protocol/messages'
import { reject } from '@worldflora/protocol/rejection'
import { Server } from 'socket.io'

export type PushedResult = {
  leaseId: string
  tasks: string
  digests: string
  authorization: string
  bytes: Buffer
}

/** Told things, in order; `next` waits for the first that was not taken yet. */
export class Inbox<T> {
  readonly all: T[] = []
  #taken = 0
  #waiting: (() => void)[] = []
  #closed: Error | null = null

  add(item: T): void {
    this.all.push(item)
    for (const wake of this.#waiting.splice(0)) wake()
  }

  /** Nothing more will come: whoever waits is told why. */
  close(why: Error): void {
    this.#closed = why
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async next(): Promise<T> {
    while (this.#taken >= this.all.length) {
      if (this.#closed !== null) throw this.#closed
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    return this.all[this.#taken++]!
  }
}

export async function startScriptedCoordinator() {
  const blobs = new Map<string, Uint8Array>()
  const joins = new Inbox<JoinRequest>()
  const requests = new Inbox<RequestWork>()
  const returns = new Inbox<ReturnLease>()
  const results = new Inbox<PushedResult>()
  const downloads = new Inbox<{ hash: string; cacheControl: string | undefined }>()

  const script = {
    /** The answer to each join; a joined worker is called after the number of joins. */
    join: (_request: JoinRequest): JoinReply => joined([]),
    /** Until then no result is answered. */
    holdAnswers: Promise.resolve() as Promise<void>,
    /** Answers to request-work, in order; then idle. */
    work: [] as unknown[],
    /** Answers to pushed results, in order: a status, or a reply; then 'accepted'. */
    replies: [] as (number | ResultReply)[],
    /** What is sent instead of a blob, once each. */
    tampered: new Map<string, Uint8Array[]>(),
    onDownload: (_hash: string): void => {},
  }

  const http = createServer((request, response) => void answer(request, response))
  const io = new Server(http)
  io.on('connection', (socket) => {
    let hasJoined = false
    socket.on('join', (request: JoinRequest, reply: (reply: JoinReply) => void) => {
      hasJoined = true
      reply(script.join(request))
      joins.add(request)
    })
    socket.on('request-work', (request: RequestWork, reply: (reply: unknown) => void) => {
      if (!hasJoined) return reply(reject('not-joined', 'This connection has not joined.', 'Join first.'))
      reply(script.work.shift() ?? { kind: 'idle', prefetch: [] })
      requests.add(request)
    })
    socket.on('return-lease', (request: ReturnLease, reply: (reply: unknown) => void) => {
      reply({ kind: 'returned' })
      returns.add(request)
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://scripted')
    const [, kind, ...path] = pathname.split('/')
    if (kind === 'blobs') return sendBlob(path[0]!, request, response)
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    await script.holdAnswers
    const reply = script.replies.shift() ?? { kind: 'accepted', images: 4 }
    response.statusCode = typeof reply === 'number' ? reply : 200
    response.end(JSON.stringify(reply))
    const authorization = request.headers.authorization ?? ''
    results.add({
      leaseId: path[1]!,
      tasks: searchParams.get('tasks') ?? '',
      digests: String(request.headers['task-digests'] ?? ''),
      authorization,
      bytes: Buffer.concat(parts),
    })
  }

  function sendBlob(hash: string, request: IncomingMessage, response: ServerResponse): void {
    const bytes = script.tampered.get(hash)?.shift() ?? blobs.get(hash)
    script.onDownload(hash)
    response.statusCode = bytes === undefined ? 404 : 200
    response.end(bytes)
    downloads.add({ hash, cacheControl: request.headers['cache-control'] })
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    script,
    joins,
    requests,
    returns,
    results,
    downloads,
    keep(bytes: Uint8Array): { blob: Hash; bytes: number } {
      const hash = hashOf(bytes)
      blobs.set(hash, bytes)
      return { blob: hash, bytes: bytes.length }
    },
    /** The worker has ended: tests that wait for more of it fail with its reason. */
    giveUp(why: Error) {
      for (const inbox of [joins, requests, returns, results, downloads]) inbox.close(why)
    },
    announceWork: () => io.emit('work-available'),
    revoke: (leaseId: string, tasks?: number[]) => io.emit('lease-revoked', { leaseId, tasks }),
    /** As when the network goes: no farewell. */
    dropConnections() {
      for (const socket of io.sockets.sockets.values()) socket.conn.close()
    },
    async close() {
      // fetch keeps its connections open for later.
      http.closeAllConnections()
      await io.close()
    },
  }
}
export type ScriptedCoordinator = Awaited<ReturnType<typeof startScriptedCoordinator>>

export function joined(leases: string[]): JoinReply {
  return {
    kind: 'joined',
    workerId: 'worker-1',
    secret: 'secret-1',
    deterministic: true,
    leases,
  } as unknown as JoinReply
}
