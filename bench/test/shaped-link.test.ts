import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { openShapedLink } from '../link/shaped-link.ts'
import { Shaper } from '../link/shaper.ts'

const TEN_MEGABIT = { bytesPerSecond: 1_250_000, delayMs: 20 }

it('a megabyte over 10 Mbit/s and 20 ms takes 820 ms, in one piece or in many', () => {
  expect(new Shaper(TEN_MEGABIT).arrivalMs(1e6, 5000)).toBe(5820)
  const many = new Shaper(TEN_MEGABIT)
  let last = 0
  for (let n = 0; n < 1000; n++) last = many.arrivalMs(1000, 5000)
  expect(last).toBeCloseTo(5820, 6)
})

it('a link that was idle does not make up for it, and a busy one makes the next bytes wait', () => {
  const link = new Shaper(TEN_MEGABIT)
  expect(link.arrivalMs(1250, 0)).toBe(21)
  expect(link.arrivalMs(1250, 1000)).toBe(1021)
  expect(link.backlogMs(1000)).toBe(1)
  expect(link.arrivalMs(1250, 1000)).toBe(1022)
})

it('what goes over a shaped link arrives as it was sent, both ways, and is counted', async () => {
  const server = createServer((request, response) => request.pipe(response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  // Many pieces a millisecond, each under way for some: their order is the link's to keep.
  const rate = { bytesPerSecond: 5e7, delayMs: 3 }
  const link = await openShapedLink(new URL(`http://127.0.0.1:${port}`), { up: rate, down: rate })
  onTestFinished(() => {
    link.close()
    server.closeAllConnections()
    server.close()
  })
  const body = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) & 255)
  const answers = await Promise.all(
    [body, body.toReversed()].map(async (sent) => {
      const response = await fetch(link.url, { method: 'PUT', body: sent })
      return Buffer.compare(Buffer.from(await response.arrayBuffer()), Buffer.from(sent))
    }),
  )
  expect(answers).toEqual([0, 0])
  expect(link.bytesUp()).toBeGreaterThan(600_000)
  expect(link.bytesDown()).toBeGreaterThan(600_000)
})
