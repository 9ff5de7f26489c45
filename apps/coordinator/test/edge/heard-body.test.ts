/** Bodies of forms, on real connections. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { heardBody } from '../../src/edge/heard-body.ts'
import { handClock } from '../hand-clock.ts'

it('IN1, FB4: whoever left while their body waited for room is not waited for', async () => {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const outgoing = request({ port, method: 'POST', headers: { 'content-length': 1000 } })
  outgoing.on('error', () => {})
  outgoing.write('a')
  const [incoming] = (await once(server, 'request')) as [IncomingMessage]
  const left = new Promise((resolve) => incoming.once('close', resolve))
  outgoing.destroy()
  await left
  // Nobody moves this clock: no standstill is ever noticed.
  expect(await heardBody(incoming, 1000, handClock())).toBe('gone')
})
