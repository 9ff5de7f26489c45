/** The open port. It answers at once, and what it answers can be exchanged while it is open. */
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Hono } from 'hono'
import { startingApp } from './app.ts'

/** Longer than any address is taken, so that who sends one is told so. */
const MOST_HEADER_BYTES = 64 << 10

export type ListenerOptions = { port: number; host: string; tls: { cert: string; key: string } | null }

export type Listener = {
  /** The public one first. */
  servers: Server[]
  /** For everybody. */
  url: string
  /** For this machine's commands: plain http on the loopback, where a certificate's name does not matter. */
  localUrl: string
  serve(app: Hono): void
  /** Ends every connection. */
  close(): Promise<void>
}

export async function openListener({ port, host, tls }: ListenerOptions): Promise<Listener | Rejection> {
  let app = startingApp()
  const listener = getRequestListener((request, env) => app.fetch(request, env))
  const serve = (next: Hono) => {
    app = next
  }
  const plain = createServer({ maxHeaderSize: MOST_HEADER_BYTES }, listener)
  if (tls === null) {
    const fault = await listen(plain, port, host)
    if (fault !== null) return fault
    const url = `http://${hostInUrl(host)}:${portOf(plain)}`
    return { servers: [plain], url, localUrl: url, serve, close: () => closeAll([plain]) }
  }
  let secure: Server
  let name: string
  try {
    const [cert, key] = [await readFile(tls.cert), await readFile(tls.key)]
    secure = createTlsServer({ cert, key, maxHeaderSize: MOST_HEADER_BYTES }, listener)
    name = nameIn(new X509Certificate(cert)) ?? hostInUrl(host)
  } catch (error) {
    return reject(
      'bad-certificate',
      `https cannot be served with ${tls.cert} and ${tls.key}: ${(error as Error).message}.`,
      'Give a certificate and its private key as PEM files.',
    )
  }
  const fault = (await listen(secure, port, host)) ?? (await listen(plain, 0, '127.0.0.1'))
  if (fault !== null) return fault
  return {
    servers: [secure, plain],
    url: `https://${name}:${portOf(secure)}`,
    localUrl: `http://127.0.0.1:${portOf(plain)}`,
    serve,
    close: () => closeAll([secure, plain]),
  }
}

function listen(server: Server, port: number, host: string): Promise<null | Rejection> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(cannotListen(error, port, host)))
    server.listen(port, host, () => resolve(null))
  })
}

function cannotListen(error: NodeJS.ErrnoException, port: number, host: string): Rejection {
  if (error.code === 'EADDRINUSE') {
    return reject(
      'port-taken',
      `Port ${port} on ${host} is taken by another program.`,
      'Choose another with --port (or WORLDFLORA_PORT), or stop that program.',
    )
  }
  if (error.code === 'EACCES') {
    return reject('port-forbidden', `Port ${port} may not be opened.`, 'Choose one above 1023 with --port.')
  }
  return reject(
    'cannot-listen',
    `${host} port ${port} cannot be opened: ${error.message}.`,
    'Choose another address with --host (or WORLDFLORA_HOST).',
  )
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** The first name that browsers will accept it for. */
function nameIn({ subjectAltName }: X509Certificate): string | null {
  return subjectAltName?.match(/DNS:([^,*\s]+)/)?.[1] ?? null
}

async function closeAll(servers: Server[]): Promise<void> {
  const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
  for (const server of servers) server.closeAllConnections()
  await Promise.all(closed)
}
