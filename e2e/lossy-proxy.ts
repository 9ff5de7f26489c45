/**
 * A network between a worker and its coordinator that loses answers: the first answer to each result is taken from the
 * coordinator, noted, and its connection cut. Everything else passes.
 */
import { createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { ResultReply } from '@worldflora/protocol/messages'
import * as v from 'valibot'
import { onTestFinished } from 'vitest'

const RESULT = /^\/api\/leases\/[^/]+\/result\?/

/** `lost`: what the coordinator had answered before the connection was cut; `later`: to the same result, sent again. */
export type Answers = { lost: ResultReply['kind'][]; later: ResultReply['kind'][] }

export async function startLossyProxy(target: string): Promise<{ url: string; answers: Answers }> {
  const { hostname, port } = new URL(target)
  const answers: Answers = { lost: [], later: [] }
  const seen = new Set<string>()
  const sockets = new Set<Socket>()

  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const isResult = method === 'PUT' && RESULT.test(url!)
    const onward = request({ hostname, port, method, path: url, headers }, async (answer) => {
      if (isResult) {
        const isFirst = !seen.has(url!)
        seen.add(url!)
        const body = await whole(answer)
        const { kind } = v.parse(ResultReply, JSON.parse(body.toString()))
        answers[isFirst ? 'lost' : 'later'].push(kind)
        if (isFirst) return incoming.socket.destroy()
        outgoing.writeHead(answer.statusCode!, answer.headers).end(body)
        return
      }
      outgoing.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => incoming.socket.destroy())
    incoming.pipe(onward)
  })
  server.on('upgrade', (incoming, socket: Socket, head) => {
    const onward = connect(Number(port), hostname, () => {
      onward.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${rawHeaders(incoming)}\r\n\r\n`)
      onward.write(head)
      onward.pipe(socket)
      socket.pipe(onward)
    })
    for (const end of [onward, socket]) end.on('error', () => {})
    onward.on('close', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers }
}

async function whole(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function rawHeaders({ rawHeaders: raw }: IncomingMessage): string {
  return raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${raw[i + 1]}`] : [])).join('\r\n')
}
