/** A stand in a worker thread of Node, as a compute part of a volunteer. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { endThread, threadData } from '@worldflora/worker/thread-end'
import type { Host } from './hosts.ts'
import type { StandOrder } from './network-stand.ts'

export async function openInNode(order: StandOrder): Promise<Host> {
  const data = threadData(order)
  const thread = new Worker(new URL('node-thread.mjs', import.meta.url), { workerData: data })
  const [adapter] = (await once(thread, 'message')) as [string | null]
  return {
    adapter,
    async measure(direction, seconds) {
      thread.postMessage({ direction, seconds })
      const [rate] = (await once(thread, 'message')) as [number]
      return rate
    },
    close: () => endThread(thread, data),
  }
}
