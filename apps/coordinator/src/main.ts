/** The coordinator as a process: started by the command line, told by signals to stop, and heard over IPC. */
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import pino from 'pino'
import { type RunningCoordinator, startCoordinator } from './coordinator.ts'
import { parseOptions } from './options.ts'

// stdout is nobody's: a command that started us prints its own result there.
const log = pino({ level: process.env.WORLDFLORA_LOG ?? 'warn' }, pino.destination({ dest: 2, sync: true }))

let running: RunningCoordinator | null = null
let isStopping = false

async function stop(code: number): Promise<void> {
  if (isStopping) return
  isStopping = true
  await running?.stop()
  process.exit(code)
}

/** A bug. Nothing durable is touched on the way out: the next start goes on at the last durable step. */
function fail(error: unknown): void {
  log.fatal({ err: error }, 'the coordinator failed')
  process.exit(1)
}

async function refuse(rejection: Rejection): Promise<void> {
  if (process.send === undefined) process.stderr.write(`${rejection.message}\n${rejection.action}\n`)
  else await new Promise((sent) => process.send!({ kind: 'failed', rejection }, undefined, {}, sent))
  process.exit(1)
}

process.on('uncaughtException', fail)
process.on('unhandledRejection', fail)
let stopWished = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopWished = true
    if (running !== null) void stop(0).catch(fail)
  })
}

const options = parseOptions(process.argv.slice(2))
if (isRejection(options)) await refuse(options)
else {
  const started = await startCoordinator(options, log, fail)
  if (isRejection(started)) await refuse(started)
  else {
    running = started
    const { url, localUrl, token } = started
    if (process.send === undefined) process.stderr.write(`Worldflora is at ${url}\n`)
    else process.send({ kind: 'ready', url, localUrl, token })
    if (stopWished) await stop(0)
  }
}
