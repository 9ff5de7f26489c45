/** Starts the compute part in a worker thread. */
import { Worker } from 'node:worker_threads'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { connectCompute } from '../compute/compute-client.ts'
import type { ComputeThread } from '../session/compute-port.ts'

export function spawnCompute(): ComputeThread {
  // Own flags only: those of the process (a loader, a test runner's) are not for this thread.
  const thread = new Worker(new URL('./compute-thread.mjs', import.meta.url), { execArgv: [] })
  const crashed = new Promise<string>((resolve) => {
    thread.once('error', (error) => resolve(error instanceof Error ? error.message : String(error)))
    thread.once('exit', (code) => resolve(`exit code ${code}`))
  })
  return {
    compute: connectCompute(nodeEndpoint(thread)),
    crashed,
    terminate: () => void thread.terminate(),
  }
}
