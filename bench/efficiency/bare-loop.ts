/** The thread of the bare loop, from outside: it rests until it is told to run. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { endThread, threadData } from '@worldflora/worker/thread-end'
import type { LoopOrder, LoopReport } from './loop-thread.ts'

export type BareLoop = {
  /** Of a GPU. */
  adapter: string | null
  run(seconds: number): Promise<LoopReport>
  end(): Promise<void>
}

export async function openLoop(order: LoopOrder): Promise<BareLoop> {
  const data = threadData(order)
  const thread = new Worker(new URL('./loop-thread.mjs', import.meta.url), { workerData: data, execArgv: [] })
  const [adapter] = (await once(thread, 'message')) as [string | null]
  return {
    adapter,
    async run(seconds) {
      thread.postMessage(seconds)
      const [report] = await once(thread, 'message')
      return report as LoopReport
    },
    end: () => endThread(thread, data),
  }
}
