/** A coordinator that SIGKILLs itself at a point it was given: `dying-coordinator.ts DATA POINT`, POINT as JSON. */
import { isRejection } from '@worldflora/protocol/rejection'
import pino from 'pino'
import { startCoordinator } from '../../src/coordinator.ts'
import { TrustedProxies } from '../../src/edge/trusted-proxies.ts'
import type { CrashPoint } from './crash-point.ts'
import { type Call, tappedAdapters } from './tapped-adapters.ts'

const [data, text] = process.argv.slice(2)
const point = JSON.parse(text!) as CrashPoint
let seen = 0

function dieThere({ port, method, moment, args }: Call): void {
  if (port !== point.port || method !== point.method || moment !== point.moment) return
  if (point.bytes !== undefined && (args[0] as Uint8Array).byteLength !== point.bytes) return
  seen++
  if (seen === point.count) process.kill(process.pid, 'SIGKILL')
}

const fail = (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
const started = await startCoordinator(
  {
    data: data!,
    port: 0,
    host: '127.0.0.1',
    web: null,
    tls: null,
    imageHosts: [],
    trustedProxies: new TrustedProxies(),
  },
  pino({ level: 'silent' }),
  fail,
  tappedAdapters(dieThere),
)
if (isRejection(started)) fail(new Error(started.message))
else process.send!({ url: started.url, token: started.token })
