/** Leases of several tasks, two of them at once, and results that are sums. */
import { hashOfText } from '@worldflora/protocol/hash'
import { describe, expect, it } from 'vitest'
import { nextWakeAtMs } from '../../src/core/core-state.ts'
import { kindsOf, runOf, SCENE, Story } from './fixture.ts'

/** One step of so many tasks with two photos each. */
const stepOf = (tasks: number) =>
  runOf({ ...SCENE, shardSizes: [2 * tasks], samplesPerTask: 2, tasksPerStep: tasks, epochs: 1 })
/** What it says of its pace counts from its first result on. */
const proven = (story: Story, name: string) => {
  const worker = story.join(name)
  story.deliver(worker, story.ask(worker)!.leaseId)
  return worker
}
const numbersOf = (lease: { tasks: { task: number }[] } | null) => lease?.tasks.map(({ task }) => task)

describe('how many tasks a lease has', () => {
  it('WK13: without a pace one, to find it; then its worker’s share of what is offered', () => {
    const story = new Story(stepOf(40))
    const [ada, bob] = [story.join('ada'), proven(story, 'bob')]
    expect(story.ask(ada)!.tasks).toHaveLength(1)
    expect(story.ask(bob, 10)!.tasks.length).toBe(Math.ceil((0.75 * 38) / 2))
  })

  it('WK13: a fast machine takes several, a slow one among fast ones takes one', () => {
    const story = new Story(stepOf(40))
    const [fast, slow] = [story.join('fast'), story.join('slow')]
    const fastLease = story.ask(fast, 100)!
    const slowLease = story.ask(slow, 1)!
    expect(fastLease.tasks.length).toBeGreaterThan(10)
    expect(slowLease.tasks).toHaveLength(1)
  })

  it('WK13: no lease is to take longer than ten seconds, nor to have more than 64 tasks', () => {
    const alone = new Story(stepOf(400))
    expect(alone.ask(proven(alone, 'slow'), 0.5)!.tasks).toHaveLength(2)
    const quick = new Story(stepOf(400))
    expect(quick.ask(quick.join('quick'), 10_000)!.tasks).toHaveLength(64)
  })

  it('WK13: before its first result a worker has a second’s work at most, however fast it says it is', () => {
    const story = new Story(stepOf(400))
    const ada = story.join('ada')
    const first = story.ask(ada, 10)!
    expect(first.tasks).toHaveLength(5)
    story.deliver(ada, first.leaseId)
    expect(story.ask(ada, 10)!.tasks).toHaveLength(50)
  })

  it('WK13: ever fewer towards the end of a step, so that all end together', () => {
    const story = new Story(stepOf(32))
    const ada = proven(story, 'ada')
    story.join('bob')
    const sizes: number[] = []
    for (let lease = story.ask(ada, 10); lease !== null; lease = story.ask(ada, 10)) {
      sizes.push(lease.tasks.length)
      story.deliver(ada, lease.leaseId)
    }
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    expect(sizes[0]).toBeGreaterThan(8)
    expect(sizes.at(-1)).toBe(1)
  })
})

describe('two leases at once', () => {
  it('WK1: a second one is given while the first is on its way, a third is not', () => {
    const story = new Story(stepOf(40))
    const ada = story.join('ada')
    story.join('bob')
    const first = story.ask(ada, 10)!
    const second = story.ask(ada, 10, [], [first.leaseId])!
    expect(second.leaseId).not.toBe(first.leaseId)
    expect(story.ask(ada, 10, [], [first.leaseId, second.leaseId])).toBeNull()
    story.deliver(ada, first.leaseId)
    expect(story.ask(ada, 10, [], [second.leaseId])).not.toBeNull()
  })

  it('WK1: one whose answer was lost is given again, with the tasks that are still wanted', () => {
    const story = new Story(stepOf(4))
    const ada = story.join('ada')
    const lost = story.ask(ada, 10)!
    expect(story.ask(ada, 10)).toMatchObject({ leaseId: lost.leaseId, tasks: lost.tasks })
    expect(story.ask(ada, 10, [], [lost.leaseId])?.leaseId).not.toBe(lost.leaseId)
  })

  it('LS1: both are offered when their worker leaves, and its own again when it returns', () => {
    const story = new Story(stepOf(6))
    const [ada, bob] = [story.join('ada'), story.join('bob')]
    const first = story.ask(ada, 10)!
    const second = story.ask(ada, 10, [], [first.leaseId])!
    story.leave(ada)
    const offered = [...story.state.runs.values()][0]!.step!.offered
    expect(offered.size).toBe(6)
    story.join('ada')
    expect(offered.size).toBe(6 - first.tasks.length - second.tasks.length)
    expect(story.ask(bob, 10)).not.toBeNull()
  })
})

describe('results that are sums', () => {
  /** Bob has done the last task of ada's lease: she was away, and is back. */
  function raced() {
    const story = new Story(stepOf(4))
    const [ada, bob] = [story.join('ada'), story.join('bob')]
    const held = story.ask(ada, 1000)!
    story.leave(ada)
    const doubled: number[] = []
    while (doubled.length === 0) {
      const lease = story.ask(bob)!
      const [task] = numbersOf(lease)!
      if (numbersOf(held)!.includes(task!)) doubled.push(task!)
      story.deliver(bob, lease.leaseId)
    }
    story.join('ada')
    return { story, ada, held, doubled, open: numbersOf(held)!.filter((task) => !doubled.includes(task)) }
  }

  it('RS6: a sum with a task that others were first with adds nothing; the open ones are named, and their sum counts', () => {
    const { story, ada, held, doubled, open } = raced()
    expect(open.length).toBeGreaterThan(0)
    const before = [...story.state.runs.values()][0]!.step!.accepted
    expect(story.deliver(ada, held.leaseId, hashOfText('gradient'), numbersOf(held))).toMatchObject([
      { kind: 'note-late-result', open, late: doubled.map((task) => ({ key: { task }, sameBits: true })) },
    ])
    expect([...story.state.runs.values()][0]!.step!.accepted).toBe(before)
    expect(story.deliver(ada, held.leaseId, hashOfText('gradient'), open)[0]).toMatchObject({
      kind: 'accept-result',
      keys: open.map((task) => ({ task })),
      images: 2 * open.length,
    })
  })

  it('LS3, RS7: of a late sum each task is compared by its own digest', () => {
    const { story, ada, held, doubled } = raced()
    expect(story.deliver(ada, held.leaseId, hashOfText('other bits'), doubled)).toMatchObject([
      { kind: 'note-late-result', open: [], late: [{ sameBits: false }] },
    ])
  })

  it('LS3, WK5: a backup takes the later half of a straggler, whose worker is told which tasks others have done', () => {
    const story = new Story(stepOf(64))
    const [slow, fast] = [story.join('slow'), story.join('fast')]
    const held = story.ask(slow, 100)!
    expect(held.tasks.length).toBeGreaterThan(3)
    // As long as nothing is known of its pace it takes nothing over.
    for (let lease = story.ask(fast); lease !== null; lease = story.ask(fast))
      story.deliver(fast, lease.leaseId)
    story.sleepUntil(nextWakeAtMs(story.state, story.nowMs)!)
    const half = Math.floor(held.tasks.length / 2)
    const backup = story.ask(fast, 100)!
    const later = numbersOf(held)!.slice(half)
    expect(numbersOf(backup)).toEqual(later)
    const [accepted, revoked] = story.deliver(fast, backup.leaseId)
    expect(accepted).toMatchObject({ kind: 'accept-result' })
    expect(revoked).toEqual({ kind: 'revoke-lease', workerId: slow, leaseId: held.leaseId, tasks: later })
  })

  it('WK8: who idles takes over from the end what it will have done before the holder comes to it', () => {
    const story = new Story(stepOf(64))
    const [slow, fast] = [proven(story, 'slow'), proven(story, 'fast')]
    const held = story.ask(slow, 2)!
    expect(held.tasks).toHaveLength(10)
    for (let lease = story.ask(fast); lease !== null; lease = story.ask(fast))
      story.deliver(fast, lease.leaseId)
    // A task takes the holder a second, it .2 s: after 4 s the other has six to go, of which it can have four before the third.
    story.nowMs = 4000
    const taken = story.ask(fast, 10)!
    expect(numbersOf(taken)).toEqual(numbersOf(held)!.slice(5))
    expect(story.ask(fast, 10, [], [taken.leaseId])).toBeNull()
    const [, revoked] = story.deliver(fast, taken.leaseId)
    expect(revoked).toMatchObject({ kind: 'revoke-lease', workerId: slow, tasks: numbersOf(taken) })
    expect(story.deliver(slow, held.leaseId)[0]).toMatchObject({ kind: 'accept-result' })
  })

  it('WK8: nothing is taken over from one that is as fast, or is nearly through', () => {
    const story = new Story(stepOf(4))
    const [ada, bob] = [proven(story, 'ada'), proven(story, 'bob')]
    expect(story.ask(ada, 2)!.tasks).toHaveLength(1)
    story.deliver(bob, story.ask(bob, 2)!.leaseId)
    story.nowMs = 100
    expect(story.ask(bob, 2)).toBeNull()
    story.nowMs = 950
    expect(story.ask(bob, 1000)).toBeNull()
  })

  it('LV1: of a lease that comes back the task that failed is blamed, the others are offered', () => {
    const story = new Story(stepOf(4))
    const ada = story.join('ada')
    const { leaseId, tasks } = story.ask(ada, 1000)!
    const second = tasks[1]!.task
    story.tell({
      kind: 'lease-returned',
      workerId: ada,
      leaseId,
      reason: 'failed',
      task: second,
      message: 'NaN',
    })
    const { offered, failed } = [...story.state.runs.values()][0]!.step!
    expect(offered.size).toBe(4)
    expect([...failed].map(({ task }) => task.task)).toEqual([second])
  })

  it('LS1: a lease may be delivered in parts; it is over with the last', () => {
    const story = new Story(stepOf(4))
    const ada = story.join('ada')
    const { leaseId, tasks } = story.ask(ada, 1000)!
    const [first, ...rest] = tasks.map(({ task }) => task)
    expect(kindsOf(story.deliver(ada, leaseId, undefined, [first!]))).toEqual(['accept-result'])
    expect(story.ask(ada, 1000)).toMatchObject({ leaseId, tasks: rest.map((task) => ({ task })) })
    story.deliver(ada, leaseId, undefined, rest)
    expect(story.state.workers.get(ada)!.leaseIds.size).toBe(0)
  })
})
