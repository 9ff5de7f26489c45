/** Starts the compute part in a worker thread. */
import { Worker } from 'node:worker_threads'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { connectCompute } from '../compute/compute-client.ts'
import type { ComputeThread } from '../session/compute-port.ts'
import { endThread, threadData } from './thread-end.ts'

export function spawnCompute(): ComputeThread {
  return spawnThread(new URL('./compute-thread.mjs', import.meta.url), null)
}

/** A file that exposes a compute part to its parent port. */
export function spawnThread(entry: URL, given: unknown): ComputeThread {
  const data = threadData(given)
  // Own flags only: those of the process (a loader, a test runner's) are not for this thread.
  const thread = new Worker(entry, { execArgv: [], workerData: data })
  const crashed = new Promise<string>((resolve) => {
    thread.once('error', (error) => resolve(error instanceof Error ? error.message : String(error)))
    thread.once('exit', (code) => resolve(`exit code ${code}`))
  })
  return {
    compute: connectCompute(nodeEndpoint(thread)),
    crashed,
    terminate: () => endThread(thread, data),
  }
}
