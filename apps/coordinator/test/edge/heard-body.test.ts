/** Bodies of forms, on real connections. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { heardBody } from '../../src/edge/heard-body.ts'
import { handClock } from '../hand-clock.ts'
import { PIECE_BYTES, sendPiece } from '../send-piece.ts'

/** A body that has begun to come. */
async function openBody() {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const outgoing = request({ port, method: 'POST' })
  outgoing.on('error', () => {})
  outgoing.flushHeaders()
  const [incoming] = (await once(server, 'request')) as [IncomingMessage]
  return { incoming, outgoing, sendPiece: () => sendPiece(outgoing, incoming) }
}

it('IN1, FB4: whoever left while their body waited for room is not waited for', async () => {
  const { incoming, outgoing } = await openBody()
  outgoing.write('a')
  const left = new Promise((resolve) => incoming.once('close', resolve))
  outgoing.destroy()
  await left
  // Nobody moves this clock: no standstill is ever noticed.
  expect(await heardBody(incoming, { mostBytes: 1000 }, handClock())).toBe('gone')
})

it('FB4: a body that is not whole in time is given up, however steadily it comes', async () => {
  const clock = handClock()
  const { incoming, sendPiece } = await openBody()
  const body = heardBody(incoming, { mostBytes: 1_000_000, withinMs: 60_000 }, clock)
  for (let passedMs = 0; passedMs < 60_000; passedMs += 15_000) {
    await sendPiece()
    clock.moveOn(15_000)
  }
  expect(await body).toBe('too-slow')
})

it('FB4: one that comes as steadily, and is whole in time or has none set, is heard', async () => {
  for (const bounds of [{ mostBytes: 1_000_000 }, { mostBytes: 1_000_000, withinMs: 60_001 }]) {
    const clock = handClock()
    const { incoming, outgoing, sendPiece } = await openBody()
    const body = heardBody(incoming, bounds, clock)
    for (let passedMs = 0; passedMs < 60_000; passedMs += 15_000) {
      await sendPiece()
      clock.moveOn(15_000)
    }
    outgoing.end()
    expect((await body).length).toBe(4 * PIECE_BYTES)
  }
})
