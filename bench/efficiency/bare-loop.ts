/** The thread of the bare loop, from outside: it rests until it is told to run. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { LoopOrder, LoopReport } from './loop-thread.ts'

export type BareLoop = { run(seconds: number): Promise<LoopReport>; end(): Promise<void> }

export async function openLoop(order: LoopOrder): Promise<BareLoop> {
  const thread = new Worker(new URL('./loop-thread.mjs', import.meta.url), {
    workerData: order,
    execArgv: [],
  })
  await once(thread, 'message')
  return {
    async run(seconds) {
      thread.postMessage(seconds)
      const [report] = await once(thread, 'message')
      return report as LoopReport
    },
    end: async () => void (await thread.terminate()),
  }
}
