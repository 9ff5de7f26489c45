/** How long leases last, when they are raced, and what is left of them after a restart. */
import { hashOfText } from '@worldflora/protocol/hash'
import type { RunId } from '@worldflora/protocol/ids'
import { MATERIALS } from '@worldflora/protocol/task-images'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextWakeAtMs } from '../../src/core/core-state.ts'
import { leaseDurationMs } from '../../src/core/pace.ts'
import { checkpointAt, RUN, runOf, SCENE, Story } from './fixture.ts'

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

describe('what a task costs', () => {
  /** So many tasks of 64 photos each, in 8 views. */
  const ordered = (tasks: number) => {
    const story = new Story()
    const samples = Array.from({ length: 64 }, (_, sample) => sample)
    const order = {
      step: 0,
      split: 'train' as const,
      checkpoint: checkpointAt(0),
      views: 8,
      tasks: Array.from({ length: tasks }, () => [{ shard: hashOfText('train'), bytes: 1000, samples }]),
    }
    story.tell({ kind: 'features-ordered', runId: RUN, order })
    return story
  }
  const IMAGES = 512

  it('FE1, WK7: features are leased by the views of their photos: a ResNet-50 on a processor has the time that it needs', () => {
    const story = ordered(2)
    const needsMs = (1000 * IMAGES) / 3.5
    const first = story.ask(story.join('new'))!
    expect(first.durationMs).toBeGreaterThan(3 * needsMs)
    const known = story.ask(story.join('known'), 3.5)!
    expect(known.tasks).toHaveLength(1)
    expect(known.durationMs).toBeGreaterThan(5.9 * needsMs)
    expect(story.state.leases.get(known.leaseId)!.stragglesFromMs).toBeGreaterThan(1.4 * needsMs)
  })

  it('FE1, WK13: a lease has as many parts as its worker does in ten seconds, their views counted', () => {
    const story = ordered(100)
    const ada = story.join('ada')
    story.deliver(ada, story.ask(ada, 300)!.leaseId)
    expect(story.ask(ada, 300)!.tasks).toHaveLength(Math.floor((10 * 300) / IMAGES))
  })

  it('FE1, WK11: a run pays for every view', () => {
    const [story, other] = [ordered(1), new Story()]
    const ada = story.join('ada')
    expect(story.deliver(ada, story.ask(ada)!.leaseId)).toMatchObject([
      { kind: 'accept-result', images: IMAGES },
      { kind: 'close-features' },
    ])
    other.ask(other.join('ada'))
    const paid = (of: Story) => of.state.runs.get(RUN)!.virtualTime
    expect([paid(story), paid(other)]).toEqual([IMAGES, SCENE.samplesPerTask])
  })

  it('EV1, WK7: an evaluation is leased by the crops of its photos', () => {
    const durationOf = (crops: 1 | 10) => {
      const run = runOf(SCENE)
      const { description } = run
      const config = { ...description.config, evaluation: { crops } }
      const story = new Story({ ...run, description: { ...description, config } })
      const samples = Array.from({ length: 64 }, (_, sample) => sample)
      const tasks = [[{ shard: hashOfText('val'), bytes: 1000, samples }]]
      const order = { step: 0, split: 'val' as const, checkpoint: checkpointAt(0), tasks }
      story.tell({ kind: 'evaluation-ordered', runId: RUN, order })
      return story.ask(story.join('ada'), 4)!.durationMs
    }
    expect(durationOf(10)).toBeGreaterThan(9.9 * durationOf(1))
  })

  it('WK7, WK13: a pace that was measured on features says nothing of photos, and stays', () => {
    const story = new Story([])
    const scene = { ...SCENE, shardSizes: [4000], tasksPerStep: 100 }
    const [head, whole] = [runOf({ ...scene, train: 'head' }), runOf({ ...scene, id: 'run-2' as RunId })]
    story.tell({ kind: 'run-opened', run: head })
    const ada = story.join('ada')
    const ask = (paces: { imagesPerSecond?: number; featuresPerSecond?: number }) => {
      const request = {
        kind: 'work-requested',
        workerId: ada,
        holding: [],
        shards: new Set<string>(),
      } as const
      const [effect] = story.tell({ ...request, ...paces })
      return effect?.kind === 'grant-lease' ? effect.lease : null
    }
    const first = ask({})!
    expect(first.tasks).toHaveLength(1)
    story.deliver(ada, first.leaseId)
    const fast = ask({ featuresPerSecond: 3000 })!
    expect(fast.tasks.length).toBeGreaterThan(10)
    story.deliver(ada, fast.leaseId)
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'paused' })
    story.tell({ kind: 'run-opened', run: whole })
    const photos = ask({ featuresPerSecond: 3000 })!
    expect(photos).toMatchObject({ tasks: [{}], durationMs: first.durationMs })
    story.deliver(ada, photos.leaseId)
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'running' })
    story.tell({ kind: 'run-state-changed', runId: whole.description.id, state: 'paused' })
    expect(ask({ imagesPerSecond: 4 })!.tasks.length).toBeGreaterThan(10)
  })

  it('WK7: whatever a run may ask for, a device that does an image in two seconds gets there in the end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 16_384 }),
        fc.option(fc.double({ min: 0.5, max: 1e5, noNaN: true })),
        fc.constantFrom(...MATERIALS),
        (images, pace, material) => {
          const paces = { photos: 1, features: 1e5, [material]: pace }
          const needsMs = (1000 * images) / (pace ?? 0.5)
          const work = { material, images, missingBytes: 0 }
          expect(leaseDurationMs({ paces, missedDeadlines: 10 }, work)).toBeGreaterThanOrEqual(needsMs - 1)
        },
      ),
    )
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
