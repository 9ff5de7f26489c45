/** How long leases last, when they are raced, and what is left of them after a restart. */
import { describe, expect, it } from 'vitest'
import { nextWakeAtMs } from '../../src/core/core-state.ts'
import { RUN, runOf, SCENE, Story } from './fixture.ts'

describe('deadlines', () => {
  it('LS1, WK7: a pace that is known makes them short, an unknown one generous', () => {
    const story = new Story()
    const first = story.ask(story.join('ada'))!
    const fast = story.ask(story.join('bob'), 100)!
    const slow = story.ask(story.join('eve'), 0.1)!
    expect(fast.durationMs).toBeLessThan(first.durationMs)
    expect(slow.durationMs).toBeGreaterThan(4 * 40_000)
  })

  it('LS1, WK7: a download that is needed first is allowed for', () => {
    const shardBytes = 16 << 20
    const run = runOf({ ...SCENE, shardBytes })
    const with16MB = new Story(run)
    const missing = with16MB.ask(with16MB.join('ada'), 100)!
    const shards = run.trainShards!.map(({ hash }) => hash)
    const without = new Story(run)
    const held = without.ask(without.join('ada'), 100, shards)!
    expect(missing.durationMs - held.durationMs).toBeGreaterThan(60_000)
  })

  it('WK1, WK7: a lease that is asked for ahead counts from when its worker is free', () => {
    const story = new Story()
    const ada = story.join('ada')
    const { leaseId, durationMs } = story.ask(ada, 4)!
    const ahead = story.ask(ada, 4, [], [leaseId], 3000)!
    expect(ahead.durationMs).toBe(durationMs + 3000)
    const [first, second] = [leaseId, ahead.leaseId].map((id) => story.state.leases.get(id)!)
    expect(second!.stragglesFromMs - first!.stragglesFromMs).toBe(3000)
  })

  it('LS1: who asks after its deadline, before the clock has struck, gets a new lease and more time', () => {
    const story = new Story()
    const ada = story.join('ada')
    const late = story.ask(ada)!
    story.nowMs = late.durationMs + 5
    const next = story.ask(ada)!
    expect(next.leaseId).not.toBe(late.leaseId)
    expect(next.durationMs).toBe(2 * late.durationMs)
  })

  it('LS1: a lease that was recalled by a pause is no missed deadline', () => {
    const story = new Story()
    const ada = story.join('ada')
    const { durationMs } = story.ask(ada)!
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'paused' })
    expect(story.sleepUntil(nextWakeAtMs(story.state, 0)!)).toEqual([])
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'running' })
    expect(story.ask(ada)!.durationMs).toBe(durationMs)
  })

  it('with nothing leased there is nothing to wake for', () => {
    const story = new Story()
    expect(nextWakeAtMs(story.state, 0)).toBeNull()
  })
})

describe('races', () => {
  const slowWorld = () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const [slow, ...idle] = ['slow', 'bob', 'eve'].map((name) => story.join(name))
    const held = story.ask(slow!, 4)!
    for (const worker of idle) expect(story.ask(worker, 4)).toBeNull()
    return { story, slow: slow!, idle, held }
  }

  it('LS3, WK8: nobody races a lease that is as fast as its worker promised', () => {
    const { story, held } = slowWorld()
    expect(story.sleepUntil(1400)).toEqual([])
    expect(held.tasks[0].entries.flatMap(({ samples }) => samples)).toHaveLength(4)
  })

  it('WK8: who computes races nobody, and is told of work only when it is free', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 2 }))
    const [slow, ada] = ['slow', 'ada'].map((name) => story.join(name))
    story.ask(slow!, 4)
    const own = story.ask(ada!, 4)!
    story.sleepUntil(2000)
    expect(story.ask(ada!, 4, [], [own.leaseId], 100)).toBeNull()
    expect(story.state.waiting.size).toBe(0)
    expect(story.ask(ada!, 4, [], [own.leaseId])).not.toBeNull()
  })

  it('LS3, WK8, FT4, FT5: there is one backup, not two', () => {
    const { story, idle, held } = slowWorld()
    story.sleepUntil(nextWakeAtMs(story.state, 0)!)
    expect(story.ask(idle[0]!, 4)?.tasks).toEqual(held.tasks)
    expect(story.ask(idle[1]!, 4)).toBeNull()
  })

  it('LS3: when the backup vanishes, its task is not offered, but raced again', () => {
    const { story, idle, held } = slowWorld()
    story.sleepUntil(nextWakeAtMs(story.state, 0)!)
    story.ask(idle[0]!, 4)
    story.ask(idle[1]!, 4)
    expect(story.leave(idle[0]!)).toEqual([{ kind: 'announce-work', workerIds: [idle[1]] }])
    expect(story.ask(idle[1]!, 4)?.tasks).toEqual(held.tasks)
  })
})

describe('a restart', () => {
  it('CK1: leases of the life before are unknown, their results stale, and their ids never given again', () => {
    const before = new Story(runOf(SCENE), 'first')
    const ada = before.join('ada')
    const old = before.ask(ada)!
    const after = new Story(runOf(SCENE), 'second')
    after.join('ada')
    expect(after.deliver(ada, old.leaseId)).toEqual([
      { kind: 'ignore-stale-result', workerId: ada, leaseId: old.leaseId },
    ])
    const anew = after.ask(ada)!
    expect(anew.tasks).toEqual(old.tasks)
    expect(anew.leaseId).not.toBe(old.leaseId)
  })
})
