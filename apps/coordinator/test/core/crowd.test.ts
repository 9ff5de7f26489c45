/** The core is one thread for everybody: an event must not walk through all tasks and all workers. */
import type { WorkerId } from '@worldflora/protocol/ids'
import { expect, it } from 'vitest'
import { nextWakeAtMs } from '../../src/core/core-state.ts'
import { checkpointAt, RUN, runOf, Story } from './fixture.ts'

const WORKERS = 1000
const TASKS = 4000
const STEPS = 3
/** Ten times what it takes; an event that walks through all tasks takes far longer. */
const MOST_MS = 10_000

it('a thousand workers get through steps of four thousand tasks in seconds', { timeout: 120_000 }, () => {
  const scene = {
    shardSizes: Array.from({ length: 40 }, () => 200),
    samplesPerTask: 2,
    tasksPerStep: TASKS,
    epochs: STEPS,
  }
  const story = new Story(runOf(scene))
  const workers = Array.from({ length: WORKERS }, (_, i) => story.join(`v${i}`))
  const before = process.cpuUsage()
  for (let step = 0; step < STEPS; step++) {
    let asking: WorkerId[] = workers
    while (asking.length > 0) {
      const leases = asking.map((worker) => ({ worker, lease: story.ask(worker, 10) }))
      story.nowMs += 200
      asking = []
      for (const { worker, lease } of leases) {
        if (lease === null) continue
        story.deliver(worker, lease.leaseId)
        nextWakeAtMs(story.state, story.nowMs)
        asking.push(worker)
      }
    }
    story.tell({ kind: 'step-made-durable', runId: RUN, checkpoint: checkpointAt(step + 1) })
  }
  expect(story.state.runs.get(RUN)!.state).toBe('finished')
  // Processor time: what else the machine is doing does not count.
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(MOST_MS)
})
