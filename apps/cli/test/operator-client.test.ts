/** The commands' side of HTTP. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { OperatorClient } from '../src/operator-client.ts'

test('each question has a connection of its own: none is lost with one that was closed meanwhile', async () => {
  const connections = new Set<number>()
  const server = createServer((request, response) => {
    connections.add(request.socket.remotePort!)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ path: `/${connections.size}` }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new OperatorClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token')
  expect([await client.operatorLink(), await client.operatorLink()]).toEqual([{ path: '/1' }, { path: '/2' }])
  await new Promise((resolve) => server.close(resolve))
})
