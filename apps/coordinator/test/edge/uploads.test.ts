/** Bodies on real connections, with a clock that is moved by hand. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LeaseId } from '@worldflora/protocol/ids'
import { expect, it, onTestFinished } from 'vitest'
import type { Clock } from '../../src/clock.ts'
import { type Upload, type UploadEnd, Uploads } from '../../src/edge/uploads.ts'

const LEASE = 'boot-1' as LeaseId
const LIMIT_MS = 20_000

function handClock() {
  let nowMs = 0
  const due = new Map<() => void, number>()
  const clock: Clock = {
    nowMs: () => nowMs,
    date: () => new Date(nowMs),
    alarm: (ring) => ({
      set(atMs) {
        if (atMs === null) due.delete(ring)
        else due.set(ring, atMs)
      },
    }),
  }
  function pass(ms: number): void {
    nowMs += ms
    for (const [ring, atMs] of [...due]) {
      if (atMs > nowMs) continue
      due.delete(ring)
      ring()
    }
  }
  return { clock, pass, isSet: () => due.size > 0 }
}

type Attended = { upload: Upload; end: Promise<UploadEnd>; received: () => number; pieces: EventTarget }

/** A server that attends each request's body, and who sends them. */
async function openServer(clock: Clock, mostBytes = Number.POSITIVE_INFINITY) {
  const uploads = new Uploads(clock)
  const arrivals: ((attended: Attended) => void)[] = []
  const server = createServer((incoming: IncomingMessage, outgoing) => {
    void uploads.attend(LEASE, incoming, async (upload) => {
      let received = 0
      const pieces = new EventTarget()
      const end = upload.receive((chunk) => {
        received += chunk.byteLength
        pieces.dispatchEvent(new Event('piece'))
        return received <= mostBytes
      })
      arrivals.shift()?.({ upload, end, received: () => received, pieces })
      await end
      outgoing.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  async function begin(declared = 1_000_000) {
    const arrival = new Promise<Attended>((arrive) => arrivals.push(arrive))
    const { port } = server.address() as AddressInfo
    const outgoing = request({ port, method: 'PUT', headers: { 'content-length': declared } })
    outgoing.on('error', () => {})
    outgoing.flushHeaders()
    const attended = await arrival
    /** Resolves when the bytes have come in. */
    async function send(bytes: number): Promise<void> {
      const before = attended.received()
      outgoing.write(new Uint8Array(bytes))
      while (attended.received() < before + bytes) await once(attended.pieces, 'piece')
    }
    return { ...attended, outgoing, send }
  }
  return { begin }
}

it('RS5, FT15: a body that hardly comes on is given up, one that comes on slowly is not', async () => {
  const { clock, pass, isSet } = handClock()
  const { begin } = await openServer(clock)
  const { send, end } = await begin()
  for (let i = 0; i < 3; i++) {
    await send(65_536)
    pass(LIMIT_MS)
  }
  await send(65_535)
  pass(LIMIT_MS)
  expect(await end).toBe('stalled')
  expect(isSet()).toBe(false)
})

it('RS5: a lease has one body on its way: a later one ends the earlier', async () => {
  const { clock } = handClock()
  const { begin } = await openServer(clock)
  const first = await begin()
  await first.send(1000)
  const second = await begin(2000)
  expect(await first.end).toBe('replaced')
  await second.send(1000)
  second.outgoing.end(new Uint8Array(1000))
  expect(await second.end).toBe('whole')
})

it('a connection that is gone ends its body, whether it is read or waits for room', async () => {
  const { clock, isSet } = handClock()
  const { begin } = await openServer(clock)
  const { send, end, outgoing, upload } = await begin()
  await send(10)
  outgoing.destroy()
  expect(await end).toBe('gone')
  expect(upload.signal.aborted).toBe(true)
  expect(isSet()).toBe(false)
})

it('IN1: what is more than there is room for ends the body', async () => {
  const { clock } = handClock()
  const { begin } = await openServer(clock, 100)
  const { end, outgoing } = await begin()
  outgoing.write(new Uint8Array(101))
  expect(await end).toBe('too-large')
})
