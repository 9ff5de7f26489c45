/** Starts the compute part in a Web Worker. */
import { connectCompute } from '../compute/compute-client.ts'
import type { ComputeThread } from '../session/compute-port.ts'

export function spawnCompute(): ComputeThread {
  // Bundlers find the worker by exactly this expression.
  const worker = new Worker(new URL('./compute.worker.ts', import.meta.url), { type: 'module' })
  const crashed = new Promise<string>((resolve) => {
    worker.addEventListener('error', (event) => resolve(event.message || 'its script did not load'))
    worker.addEventListener('messageerror', () => resolve('a message could not be read'))
  })
  return { compute: connectCompute(worker), crashed, terminate: async () => worker.terminate() }
}
