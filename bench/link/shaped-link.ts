/**
 * A TCP proxy that is one worker's line to the coordinator: all its connections, HTTP and socket, share one uplink and one
 * downlink of the given rates and delays.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type LinkRate, Shaper } from './shaper.ts'

export type Line = { up: LinkRate; down: LinkRate }

export type ShapedLink = {
  url: string
  /** Bytes of TCP's payload, headers of HTTP and frames of the socket included. */
  bytesUp(): number
  bytesDown(): number
  close(): void
}

/** A modem's queue: with more waiting than this no more is taken from the sender. */
const LONGEST_BACKLOG_MS = 100
const CHUNK_BYTES = 8 << 10

export async function openShapedLink(target: URL, line: Line): Promise<ShapedLink> {
  const up = new Shaper(line.up)
  const down = new Shaper(line.down)
  const counted = { up: 0, down: 0 }
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: target.hostname, port: Number(target.port), noDelay: true })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    }
    carry(client, upstream, up, (bytes) => {
      counted.up += bytes
    })
    carry(upstream, client, down, (bytes) => {
      counted.down += bytes
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytesUp: () => counted.up,
    bytesDown: () => counted.down,
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** In order (timers alone would not keep it); what is lost is lost at once for both ends. */
function carry(from: Socket, to: Socket, shaper: Shaper, count: (bytes: number) => void): void {
  const underWay: { arrivalMs: number; bytes: Buffer | null }[] = []
  let timer: NodeJS.Timeout | null = null

  function hand(bytes: Buffer | null): void {
    underWay.push({ arrivalMs: shaper.arrivalMs(bytes?.length ?? 0, performance.now()), bytes })
    if (timer === null) deliver()
  }

  function deliver(): void {
    timer = null
    for (let next = underWay[0]; next !== undefined; next = underWay[0]) {
      const inMs = next.arrivalMs - performance.now()
      if (inMs > 0) {
        timer = setTimeout(deliver, inMs)
        return
      }
      underWay.shift()
      if (next.bytes === null) to.end()
      else to.write(next.bytes)
    }
  }

  from.on('data', (bytes) => {
    count(bytes.length)
    for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
      hand(bytes.subarray(start, start + CHUNK_BYTES))
    }
    const backlogMs = shaper.backlogMs(performance.now())
    if (backlogMs <= LONGEST_BACKLOG_MS) return
    from.pause()
    setTimeout(() => from.resume(), backlogMs - LONGEST_BACKLOG_MS)
  })
  from.on('end', () => hand(null))
  from.on('error', () => to.destroy())
  to.on('close', () => {
    if (timer !== null) clearTimeout(timer)
    from.destroy()
  })
}
