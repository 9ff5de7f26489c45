/** What the trial that a GPU must pass before it trains (FT18) comes to on this machine's: case by case, how far its answers lie from the deterministic class's. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { TRIAL_CASES, TRIAL_TOLERANCE } from '@worldflora/model/gpu-trial'
import { endThread, threadData } from '@worldflora/worker/thread-end'
import type { TrialOrder, TrialOutcome } from './gpu-trial/thread.ts'
import { defineBench } from './runner/bench.ts'
import * as flag from './runner/flags.ts'

export const bench = defineBench({
  about: "how far this machine's GPU lies from the deterministic class, beside what a worker's trial allows",
  flags: {
    software: flag.onOff('webgpu may be computed by the processor (SwiftShader), which takes minutes'),
  },
  async run({ software }) {
    const order: TrialOrder = { softwareAdapter: software ? 'allowed' : 'refused' }
    const data = threadData(order)
    const thread = new Worker(new URL('gpu-trial/thread.mjs', import.meta.url), { workerData: data })
    const [outcome] = (await once(thread, 'message')) as [TrialOutcome]
    await endThread(thread, data)
    if ('refused' in outcome) throw new Error(outcome.refused)
    const { adapter, deviations, imagesPerSecond } = outcome
    const rows = TRIAL_CASES.map(({ architecture, photos }, n) => {
      const deviation = Number(deviations[n]!.toPrecision(3))
      return { ...architecture, photos, adapter, deviation, tolerance: TRIAL_TOLERANCE, imagesPerSecond }
    })
    return { bench: 'gpu-trial', rows }
  },
})
