/** Who is served, in which order, and who is not. */
import { hashOfText } from '@worldflora/protocol/hash'
import type { LeaseId, RunId, WorkerId } from '@worldflora/protocol/ids'
import { describe, expect, it } from 'vitest'
import { nextWakeAtMs } from '../../src/core/core-state.ts'
import { obstacleTo } from '../../src/core/obstacle.ts'
import { prefetchFor } from '../../src/core/prefetch.ts'
import { checkpointAt, kindsOf, orderAt, RUN, runOf, SCENE, Story } from './fixture.ts'

const OTHER = 'run-2' as RunId

describe('several runs', () => {
  it('take turns: one worker alone serves each of them', () => {
    const story = new Story([runOf(SCENE), runOf({ ...SCENE, id: OTHER })])
    const ada = story.join('ada')
    const served = Array.from({ length: 4 }, () => {
      const lease = story.ask(ada)!
      story.deliver(ada, lease.leaseId)
      return lease.run.id
    })
    expect(served).toEqual([RUN, OTHER, RUN, OTHER])
  })

  it('WK11: a run gets twice the share of one that is a priority below, and none starves', () => {
    const runs = [0, 1, 3].map((priority) =>
      runOf({ ...SCENE, shardSizes: [4000], tasksPerStep: 500, priority, id: `run-${priority}` as RunId }),
    )
    const story = new Story(runs)
    const ada = story.join('ada')
    const served = new Map<string, number>()
    const leases = 11 * 20
    for (let n = 0; n < leases; n++) {
      const { leaseId, run } = story.ask(ada)!
      served.set(run.id, (served.get(run.id) ?? 0) + 1)
      story.deliver(ada, leaseId)
    }
    const shareOf = (priority: number) => (served.get(`run-${priority}`)! * 11) / leases
    expect(shareOf(0)).toBeCloseTo(1, 0)
    expect(shareOf(1)).toBeCloseTo(2, 0)
    expect(shareOf(3)).toBeCloseTo(8, 0)
  })

  it('WK11: features of one run do not keep another’s step waiting', () => {
    const scene = { ...SCENE, shardSizes: [4000], tasksPerStep: 500, samplesPerTask: 2 }
    const story = new Story([runOf(scene), runOf({ ...scene, id: OTHER, priority: 2 })])
    story.tell({ kind: 'features-ordered', runId: RUN, order: orderAt(0, 500) })
    const ada = story.join('ada')
    const served = Array.from({ length: 50 }, () => {
      const { leaseId, tasks } = story.ask(ada)!
      story.deliver(ada, leaseId)
      return tasks[0].kind
    })
    expect(served.filter((kind) => kind === 'gradient')).toHaveLength(40)
    expect(served.filter((kind) => kind === 'extract-features')).toHaveLength(10)
  })

  it('WK11: a priority counts from when it is set; a new or resumed run is owed nothing for the time before', () => {
    const scene = { ...SCENE, shardSizes: [4000], tasksPerStep: 500 }
    const story = new Story(runOf(scene))
    const ada = story.join('ada')
    const serve = (times: number) =>
      Array.from({ length: times }, () => {
        const { leaseId, run } = story.ask(ada)!
        story.deliver(ada, leaseId)
        return run.id
      })
    serve(50)
    story.tell({ kind: 'run-opened', run: runOf({ ...scene, id: OTHER }) })
    expect(serve(10).filter((id) => id === OTHER)).toHaveLength(5)
    story.tell({ kind: 'run-priority-changed', runId: OTHER, priority: 2 })
    expect(serve(50).filter((id) => id === OTHER)).toHaveLength(40)
    story.tell({ kind: 'run-state-changed', runId: OTHER, state: 'paused' })
    serve(50)
    story.tell({ kind: 'run-state-changed', runId: OTHER, state: 'running' })
    expect(serve(50).filter((id) => id === OTHER)).toHaveLength(40)
  })

  it('WK11: what a run could not take, it catches up with for two steps at most', () => {
    const scene = { ...SCENE, shardSizes: [4000], tasksPerStep: 5 }
    const story = new Story([
      runOf({ ...scene, tasksPerStep: 500, backend: 'any' }),
      runOf({ ...scene, id: OTHER }),
    ])
    const gpu = story.join('gpu', false)
    for (let n = 0; n < 100; n++) story.deliver(gpu, story.ask(gpu)!.leaseId)
    const ada = story.join('ada')
    const served: RunId[] = []
    for (let step = 0; step < 6; step++) {
      for (let n = 0; n < 5; n++) {
        const { leaseId, run } = story.ask(ada)!
        served.push(run.id)
        if (kindsOf(story.deliver(ada, leaseId)).includes('close-step')) {
          const { checkpoint } = story.state.runs.get(OTHER)!
          const next = checkpointAt(checkpoint.step + 1)
          story.tell({ kind: 'step-made-durable', runId: OTHER, checkpoint: next })
        }
      }
    }
    expect(served.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => OTHER))
    expect(served.slice(10).filter((id) => id === RUN).length).toBeGreaterThanOrEqual(9)
  })

  it('LC4: a run that nobody who is here can do says why', () => {
    const story = new Story()
    const obstacle = () => obstacleTo(story.state, RUN)
    expect(obstacle()).toBe('no-worker')
    const gpu = story.join('gpu', false)
    expect(obstacle()).toBe('class')
    const phone = story.join('phone')
    expect(obstacle()).toBeNull()
    story.giveBack(phone, story.ask(phone)!.leaseId, 'unfit')
    expect(obstacle()).toBe('device')
    story.leave(gpu)
    expect(obstacle()).toBe('device')
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'paused' })
    expect(obstacle()).toBeNull()
  })

  it('WK15: who idles hears which classes are taken; without the deterministic one, also when that changes', () => {
    const story = new Story()
    const heard = (worker: WorkerId) => {
      const [answer] = story.tell({
        kind: 'work-requested',
        workerId: worker,
        holding: [],
        shards: new Set(),
      })
      return answer?.kind === 'keep-idle' ? answer.classes : answer?.kind
    }
    const gpu = story.join('gpu', false)
    expect(heard(gpu)).toEqual(['deterministic'])
    const opened = story.tell({ kind: 'run-opened', run: runOf({ ...SCENE, id: OTHER, backend: 'any' }) })
    expect(opened).toEqual([{ kind: 'announce-work', workerIds: [gpu] }])
    expect(heard(gpu)).toBe('grant-lease')

    const tablet = story.join('tablet', false)
    story.tell({ kind: 'run-state-changed', runId: OTHER, state: 'paused' })
    expect(heard(tablet)).toEqual(['deterministic'])
    const changed = story.tell({ kind: 'run-state-changed', runId: RUN, state: 'stopped' })
    expect(changed).toContainEqual({ kind: 'announce-work', workerIds: [tablet] })
    expect(heard(tablet)).toEqual([])
    // Between two runs' states nothing is said that was said before.
    expect(kindsOf(story.tell({ kind: 'clock-advanced' }))).not.toContain('announce-work')
  })

  it('LC3: a run that is closed takes no results, and gives work again once it is opened at another step', () => {
    const story = new Story()
    const [ada, bob] = [story.join('ada'), story.join('bob')]
    story.tell({ kind: 'evaluation-ordered', runId: RUN, order: orderAt(0, 1) })
    const [measuring, held] = [story.ask(ada)!, story.ask(bob)!]
    const revoked = story.tell({ kind: 'run-closed', runId: RUN })
    expect(kindsOf(revoked)).toEqual(['revoke-lease', 'revoke-lease'])
    expect(kindsOf(story.deliver(ada, measuring.leaseId))).toEqual(['ignore-stale-result'])
    expect(story.ask(ada)).toBeNull()
    story.tell({ kind: 'run-opened', run: runOf(SCENE, 2) })
    expect(kindsOf(story.deliver(bob, held.leaseId))).toEqual(['ignore-stale-result'])
    expect(story.ask(bob)?.tasks[0]).toMatchObject({ kind: 'gradient', step: 2 })
  })

  it('WK4: evaluations come before steps, the oldest order first', () => {
    const story = new Story([runOf(SCENE), runOf({ ...SCENE, id: OTHER })])
    story.tell({ kind: 'evaluation-ordered', runId: OTHER, order: orderAt(4, 1) })
    story.tell({ kind: 'evaluation-ordered', runId: OTHER, order: orderAt(2, 1) })
    const kinds = ['ada', 'bob', 'eve'].map((name) => story.ask(story.join(name))!.tasks[0])
    expect(kinds).toMatchObject([
      { kind: 'evaluate', step: 4 },
      { kind: 'evaluate', step: 2 },
      { kind: 'gradient' },
    ])
  })

  it('WK4: evaluations of any run come first; then, of the run whose turn it is, features before its step', () => {
    const story = new Story([runOf({ ...SCENE, tasksPerStep: 1 }), runOf({ ...SCENE, id: OTHER })])
    story.tell({ kind: 'features-ordered', runId: RUN, order: orderAt(0, 1) })
    story.tell({ kind: 'evaluation-ordered', runId: OTHER, order: orderAt(0, 1) })
    const served = ['ada', 'bob', 'eve', 'dan'].map((name) => {
      const { run, tasks } = story.ask(story.join(name))!
      return [run.id, tasks[0].kind]
    })
    expect(served).toEqual([
      [OTHER, 'evaluate'],
      [RUN, 'extract-features'],
      [RUN, 'gradient'],
      [OTHER, 'gradient'],
    ])
  })

  it('ST3: a stopped run gives no work and takes no result; the other goes on', () => {
    const story = new Story([runOf(SCENE), runOf({ ...SCENE, id: OTHER })])
    const ada = story.join('ada')
    const lease = story.ask(ada)!
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'stopped' })
    expect(kindsOf(story.deliver(ada, lease.leaseId))).toEqual(['ignore-stale-result'])
    expect(story.ask(ada)?.run.id).toBe(OTHER)
  })
})

describe('devices', () => {
  it('LV1, WK6, FT7: being unfit is no failure: the worker is offered only what fits', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    for (const name of ['ada', 'bob', 'eve', 'dan']) {
      const worker = story.join(name)
      expect(story.giveBack(worker, story.ask(worker)!.leaseId, 'unfit')).toEqual([])
      expect(story.ask(worker)).toBeNull()
    }
    expect(story.ask(story.join('big'))).not.toBeNull()
    const ordered = story.tell({ kind: 'evaluation-ordered', runId: RUN, order: orderAt(0, 4) })
    expect(ordered).toEqual([{ kind: 'announce-work', workerIds: ['ada', 'bob', 'eve', 'dan'] }])
  })

  it('LV1, WK9: one broken device among sound ones pauses nothing, however often it asks', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const [broken, sound] = [story.join('broken'), story.join('sound')]
    expect(story.giveBack(broken, story.ask(broken)!.leaseId, 'failed')).toEqual([])
    for (let i = 0; i < 20; i++) expect(story.ask(broken)).toBeNull()
    expect(kindsOf(story.deliver(sound, story.ask(sound)!.leaseId))).toEqual(['accept-result', 'close-step'])
  })

  it('LV1: but sound ones that never ask are not waited for', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const [ada] = [story.join('ada'), story.join('silent')]
    story.giveBack(ada, story.ask(ada)!.leaseId, 'failed')
    expect(story.ask(ada)).toBeNull()
    const wakeAtMs = nextWakeAtMs(story.state, story.nowMs)!
    expect(story.sleepUntil(wakeAtMs)).toEqual([{ kind: 'announce-work', workerIds: [ada] }])
    expect(story.ask(ada)).not.toBeNull()
  })

  it('LV1: and once they are gone, it tries again at once', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const [ada, bob] = [story.join('ada'), story.join('bob')]
    story.giveBack(ada, story.ask(ada)!.leaseId, 'failed')
    expect(story.ask(ada)).toBeNull()
    expect(story.leave(bob)).toEqual([{ kind: 'announce-work', workerIds: [ada] }])
  })

  it('LV1: a result that the edge refuses is a failure', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const refuse = (name: string) => {
      const workerId = story.join(name)
      const { leaseId } = story.ask(workerId)!
      return kindsOf(story.tell({ kind: 'result-refused', workerId, leaseId, message: 'too short' }))
    }
    expect([...refuse('ada'), ...refuse('bob')]).toEqual([])
    expect(refuse('eve')).toEqual(['pause-run'])
  })

  it('SD2, CN5: who comes back with another device loses its lease of a deterministic run', () => {
    const story = new Story()
    const ada = story.join('ada')
    const { leaseId } = story.ask(ada)!
    story.leave(ada)
    story.join('ada', false)
    expect(kindsOf(story.deliver(ada, leaseId))).toEqual(['ignore-stale-result'])
    expect(story.ask(ada)).toBeNull()
  })
})

describe('shards', () => {
  it('WK4: of two tasks that both need a download, the smaller download comes first', () => {
    const run = runOf({ ...SCENE, samplesPerTask: 2, tasksPerStep: 20 })
    const trainShards = run.trainShards!.map((shard, i) => ({ ...shard, bytes: i === 1 ? 10 : 5000 }))
    const story = new Story({ ...run, trainShards })
    const { tasks } = story.ask(story.join('ada'))!
    expect(tasks[0].entries.map(({ shard }) => shard)).toEqual([hashOfText('shard 1')])
  })
})

describe('idle workers', () => {
  const names = Array.from({ length: 5 }, (_, i) => `v${i}`)
  const idle = (story: Story) =>
    names.map((name) => {
      const worker = story.join(name)
      expect(story.ask(worker)).toBeNull()
      return worker
    })
  const failOf = (story: Story, worker: WorkerId, leaseId: LeaseId) =>
    story.tell({ kind: 'lease-returned', workerId: worker, leaseId, reason: 'stopped' })

  it('WK2: as many are told as there are tasks, not all that idle', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const ada = story.join('ada')
    const { leaseId } = story.ask(ada)!
    idle(story)
    expect(failOf(story, ada, leaseId)).toEqual([{ kind: 'announce-work', workerIds: ['v0'] }])
    expect(story.tell({ kind: 'clock-advanced' })).toEqual([])
  })

  it('WK2: who is told and does not come is not waited for', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const ada = story.join('ada')
    const { leaseId } = story.ask(ada)!
    idle(story)
    failOf(story, ada, leaseId)
    expect(story.sleepUntil(nextWakeAtMs(story.state, 0)!)).toEqual([
      { kind: 'announce-work', workerIds: ['v1'] },
    ])
    expect(story.leave('v1' as WorkerId)).toEqual([{ kind: 'announce-work', workerIds: ['v2'] }])
    expect(story.ask('v2' as WorkerId)).not.toBeNull()
  })

  it('WK2: those that have delivered before are told first', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const ada = story.join('ada')
    const { leaseId } = story.ask(ada)!
    story.tell({ kind: 'evaluation-ordered', runId: RUN, order: orderAt(0, 1) })
    const third = story.join('v2')
    expect(kindsOf(story.deliver(third, story.ask(third)!.leaseId))).toContain('accept-result')
    const [first] = idle(story)
    // A pace is what it says of itself.
    expect(story.ask(first!, 4)).toBeNull()
    expect(failOf(story, ada, leaseId)).toEqual([{ kind: 'announce-work', workerIds: [third] }])
  })

  it('LS3, WK8: two that take work and do none keep a task from nobody', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const [stuck, stuckToo, sound] = [story.join('stuck'), story.join('stuck-too'), story.join('sound')]
    const { tasks } = story.ask(stuck, 4)!
    for (const next of [stuckToo, sound]) {
      expect(story.ask(next, 4)).toBeNull()
      expect(story.sleepUntil(nextWakeAtMs(story.state, story.nowMs)!)).toEqual([
        { kind: 'announce-work', workerIds: [next] },
      ])
      expect(story.ask(next, 4)).toMatchObject({ tasks })
    }
  })

  it('WK8: those that idle share what a straggler is late with, from its end', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 8, samplesPerTask: 1 }))
    const fast = story.join('fast')
    const held = story.ask(fast, 1000)!
    const mate = story.join('mate')
    for (let lease = story.ask(mate); lease !== null; lease = story.ask(mate)) {
      story.deliver(mate, lease.leaseId)
    }
    const open = held.tasks.map(({ task }) => task)
    const others = idle(story)
    story.sleepUntil(nextWakeAtMs(story.state, 0)!)
    const raced = others.flatMap((worker) => story.ask(worker) ?? [])
    const shares = [open.slice(3), open.slice(1, 3), open.slice(0, 1)]
    expect(raced.map(({ tasks }) => tasks.map(({ task }) => task))).toEqual(shares)
  })
})

describe('prefetch', () => {
  const scene = { ...SCENE, shardSizes: [8, 8, 8, 8, 8, 8], samplesPerTask: 8, tasksPerStep: 3, epochs: 2 }
  const named = (story: Story, name: string, held: string[]) => {
    story.ask(story.join(name), undefined, held)
    const worker = story.state.workers.get(name as never)!
    return prefetchFor(story.state, worker).map(({ hash }) => hash)
  }

  it('WK12: a worker is told of shards that the next step needs and that it lacks, and several workers of others', () => {
    const run = runOf(scene)
    const due = new Set(run.plan.tasksOf(1).flatMap(({ entries }) => entries.map(({ shard }) => shard)))
    const needed = [...due].map((shard) => run.trainShards![shard]!.hash)
    const story = new Story(run)
    const told = Array.from({ length: 12 }, (_, i) => named(story, `v${i}`, []))
    for (const hashes of told) expect(needed).toEqual(expect.arrayContaining(hashes))
    expect(new Set(told.flat()).size).toBe(needed.length)
    expect(named(story, 'full', needed)).toEqual([])
    expect(named(story, 'nearly', needed.slice(1))).toEqual([needed[0]])
  })

  it('WK12: before the last step there is nothing to fetch, nor for who may not do the run', () => {
    const run = runOf(scene)
    const story = new Story({ ...run, checkpoint: checkpointAt(run.plan.steps - 1) })
    expect(named(story, 'ada', [])).toEqual([])
    const other = new Story(run)
    other.ask(other.join('gpu', false))
    expect(prefetchFor(other.state, other.state.workers.get('gpu' as never)!)).toEqual([])
  })
})
