/** The real coordinator as a process; killed with SIGKILL, started again on its data and port. */
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OperatorClient } from '@worldflora/cli/operator-client'

type Ready = { kind: string; url: string; token: string }

export class Coordinator {
  readonly #main: string
  /** Its data folder. */
  readonly data: string
  #child: ChildProcess
  #url: string
  client: OperatorClient

  private constructor(main: string, data: string, child: ChildProcess, { url, token }: Ready) {
    this.#main = main
    this.data = data
    this.#child = child
    this.#url = url
    this.client = new OperatorClient(url, token)
  }

  /** On a new data folder and a free port. */
  static async start(main: string): Promise<Coordinator> {
    const data = await mkdtemp(join(tmpdir(), 'worldflora-churn-'))
    const { child, ready } = await launch(main, data, 0)
    return new Coordinator(main, data, child, ready)
  }

  get url(): string {
    return this.#url
  }

  get port(): number {
    return Number(new URL(this.#url).port)
  }

  /** kill -9, and started again at once. Resolves when it is ready, with how long that took. */
  async killAndRestart(): Promise<number> {
    const killedAtMs = performance.now()
    this.#child.kill('SIGKILL')
    await ended(this.#child)
    const { child, ready } = await launch(this.#main, this.data, this.port)
    this.#child = child
    this.#url = ready.url
    this.client = new OperatorClient(ready.url, ready.token)
    return performance.now() - killedAtMs
  }

  async end(): Promise<void> {
    this.#child.kill('SIGTERM')
    await ended(this.#child)
  }

  /** Its data folder goes. */
  async forget(): Promise<void> {
    await rm(this.data, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function launch(
  main: string,
  data: string,
  port: number,
): Promise<{ child: ChildProcess; ready: Ready }> {
  const child = fork(main, ['--data', data, '--port', String(port), '--host', '127.0.0.1'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  })
  const ready = await new Promise<Ready>((resolve, fail) => {
    child.once('message', (message) => resolve(message as Ready))
    child.once('exit', (code) => fail(new Error(`the coordinator ended at its start (${code})`)))
  })
  if (ready.kind !== 'ready') throw new Error(`the coordinator did not start: ${JSON.stringify(ready)}`)
  child.once('exit', (code) => {
    if (code !== null && code !== 0) console.error(`the coordinator ended by itself with ${code}`)
  })
  return { child, ready }
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => child.once('exit', () => resolve()))
}
