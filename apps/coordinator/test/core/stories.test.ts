import { hashOfText } from '@worldflora/protocol/hash'
import { describe, expect, it } from 'vitest'
import { nextWakeAtMs } from '../../src/core/core-state.ts'
import { checkpointAt, kindsOf, orderAt, RUN, runOf, SCENE, Story } from './fixture.ts'

describe('leases', () => {
  it('ST12, MS2: a worker has one lease at a time: asking again gives the same one', () => {
    const story = new Story()
    const ada = story.join('ada')
    expect(story.ask(ada)?.leaseId).toBe(story.ask(ada)?.leaseId)
  })

  it('LS1, FT1, ST7, ST8: a disconnect offers the task to others at once, and the old lease is honoured until its deadline', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const [ada, bob] = [story.join('ada'), story.join('bob')]
    const lease = story.ask(ada)!
    expect(story.ask(bob)).toBeNull()
    expect(story.tell({ kind: 'worker-left', workerId: ada })).toEqual([
      { kind: 'announce-work', workerIds: [bob] },
    ])
    expect(story.ask(bob)?.tasks).toEqual(lease.tasks)
    story.join('ada')
    expect(kindsOf(story.deliver(ada, lease.leaseId))).toEqual([
      'accept-result',
      'revoke-lease',
      'close-step',
    ])
  })

  it('LS1, WK7, ST11: after its deadline a lease is void, and the next one is longer', () => {
    const story = new Story()
    const ada = story.join('ada')
    const lease = story.ask(ada)!
    story.nowMs = nextWakeAtMs(story.state, 0)!
    expect(story.nowMs).toBe(lease.durationMs)
    expect(kindsOf(story.tell({ kind: 'clock-advanced' }))).toEqual(['revoke-lease'])
    expect(kindsOf(story.deliver(ada, lease.leaseId))).toEqual(['ignore-stale-result'])
    expect(story.ask(ada)!.durationMs).toBe(2 * lease.durationMs)
  })

  it('WK4: prefers a task whose shards the worker holds', () => {
    const story = new Story(runOf({ ...SCENE, samplesPerTask: 2, tasksPerStep: 20 }))
    const ada = story.join('ada')
    const shards = new Set<string>([hashOfText('shard 2')])
    const [effect] = story.tell({ kind: 'work-requested', workerId: ada, holding: [], shards })
    expect(effect?.kind === 'grant-lease' && effect.lease.tasks[0].entries.map(({ shard }) => shard)).toEqual(
      [...shards],
    )
  })

  it('SD2: a deterministic run is given to deterministic workers only', () => {
    const story = new Story()
    expect(story.ask(story.join('gpu', false))).toBeNull()
    expect(story.ask(story.join('wasm', true))).not.toBeNull()
  })
})

describe('results', () => {
  it('LS3, ST9: a straggler is raced; the first gradient wins, the late one is compared, not added', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 2 }))
    const [slow, fast] = [story.join('slow'), story.join('fast')]
    const held = story.ask(slow, 4)!
    story.deliver(fast, story.ask(fast, 4)!.leaseId)
    expect(story.ask(fast, 4)).toBeNull()
    story.nowMs = nextWakeAtMs(story.state, 0)!
    expect(story.tell({ kind: 'clock-advanced' })).toEqual([{ kind: 'announce-work', workerIds: [fast] }])
    const backup = story.ask(fast, 4)!
    expect(backup.tasks).toEqual(held.tasks)
    expect(kindsOf(story.deliver(fast, backup.leaseId))).toEqual([
      'accept-result',
      'revoke-lease',
      'close-step',
    ])
    expect(story.deliver(slow, held.leaseId)).toMatchObject([
      { kind: 'note-late-result', late: [{ sameBits: true }], open: [] },
    ])
    expect(story.deliver(slow, held.leaseId, hashOfText('other'))).toMatchObject([
      { late: [{ sameBits: false }] },
    ])
  })

  it('LS2: a gradient for an older checkpoint is stale', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const ada = story.join('ada')
    const lease = story.ask(ada)!
    story.deliver(ada, lease.leaseId)
    story.tell({ kind: 'step-made-durable', runId: RUN, checkpoint: checkpointAt(1) })
    expect(kindsOf(story.deliver(ada, lease.leaseId))).toEqual(['ignore-stale-result'])
    expect(story.ask(ada)).toMatchObject({ checkpoint: { step: 1 }, tasks: [{ step: 1 }] })
  })

  it('a result under somebody else’s lease is ignored', () => {
    const story = new Story()
    const [ada, eve] = [story.join('ada'), story.join('eve')]
    expect(kindsOf(story.deliver(eve, story.ask(ada)!.leaseId))).toEqual(['ignore-stale-result'])
  })
})

describe('steps', () => {
  it('GB1, CK1, ST5, ST6: a step closes with all its samples, and the next opens only when it is durable', () => {
    const story = new Story()
    const ada = story.join('ada')
    expect(story.finishStep(ada).at(-1)).toEqual({ kind: 'close-step', runId: RUN, step: 0, samples: 12 })
    expect(story.ask(ada)).toBeNull()
    const effects = story.tell({ kind: 'step-made-durable', runId: RUN, checkpoint: checkpointAt(1) })
    expect(effects).toMatchObject([
      { kind: 'announce-step', step: 1 },
      { kind: 'announce-work', workerIds: [ada] },
    ])
  })

  it('LS3: a late copy of an evaluation’s task is compared, also when the evaluation is through', () => {
    const story = new Story()
    for (const step of [0, 1]) {
      story.tell({ kind: 'evaluation-ordered', runId: RUN, order: orderAt(step, 1) })
    }
    const [ada, bob, eve] = [story.join('ada'), story.join('bob'), story.join('eve')]
    const first = story.ask(ada)!
    expect(first.tasks[0]).toMatchObject({ kind: 'evaluate', step: 0 })
    story.leave(ada)
    const second = story.ask(bob)!
    expect(second.tasks[0]).toMatchObject({ kind: 'evaluate', step: 0 })
    expect(kindsOf(story.deliver(bob, second.leaseId, hashOfText('rows')))).toContain('close-evaluation')
    story.join('ada')
    const late = story.deliver(ada, first.leaseId, hashOfText('rows'), [0])
    expect(late).toMatchObject([{ kind: 'note-late-result', late: [{ sameBits: true }], open: [] }])
    // With the next one through, nobody waits for copies of this one.
    story.deliver(eve, story.ask(eve)!.leaseId)
    expect(kindsOf(story.deliver(ada, first.leaseId, hashOfText('rows'), [0]))).toEqual([
      'ignore-stale-result',
    ])
  })

  it('FE1: features are ordered, leased and raced as evaluations are, and close by themselves', () => {
    const story = new Story()
    story.tell({ kind: 'features-ordered', runId: RUN, order: orderAt(0, 1) })
    const [ada, bob] = [story.join('ada'), story.join('bob')]
    const first = story.ask(ada)!
    expect(first.tasks).toMatchObject([{ kind: 'extract-features', step: 0, split: 'val' }])
    story.leave(ada)
    const second = story.ask(bob)!
    const effects = story.deliver(bob, second.leaseId, hashOfText('features'))
    expect(effects).toMatchObject([
      { kind: 'accept-result', keys: [{ kind: 'extract-features', split: 'val', task: 0 }] },
      { kind: 'close-features', runId: RUN, step: 0, split: 'val' },
    ])
    story.join('ada')
    const late = story.deliver(ada, first.leaseId, hashOfText('other features'), [0])
    expect(late).toMatchObject([{ kind: 'note-late-result', late: [{ sameBits: false }] }])
  })

  it('ST4: after the last step the run is finished, and its evaluations still find workers', () => {
    const run = runOf(SCENE)
    const story = new Story({ ...run, checkpoint: checkpointAt(run.plan.steps - 1) })
    const ada = story.join('ada')
    story.finishStep(ada)
    const last = checkpointAt(run.plan.steps)
    expect(story.tell({ kind: 'step-made-durable', runId: RUN, checkpoint: last })).toMatchObject([
      { kind: 'announce-step', step: last.step },
    ])
    expect(story.state.runs.get(RUN)!.state).toBe('finished')
    const tasks = [[{ shard: hashOfText('val'), bytes: 1, samples: [0, 1] }]]
    story.tell({
      kind: 'evaluation-ordered',
      runId: RUN,
      order: { step: last.step, split: 'val', checkpoint: last, tasks },
    })
    const lease = story.ask(ada)!
    expect(lease).toMatchObject({
      tasks: [{ kind: 'evaluate', split: 'val' }],
      checkpoint: { step: last.step },
    })
    expect(kindsOf(story.deliver(ada, lease.leaseId))).toEqual(['accept-result', 'close-evaluation'])
  })
})

describe('LV1: a task that nobody can do', () => {
  it('pauses the run with its samples and the reason, after three independent workers', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    for (const name of ['ada', 'bob', 'eve']) {
      const worker = story.join(name)
      const { leaseId } = story.ask(worker)!
      const effects = story.tell({
        kind: 'lease-returned',
        workerId: worker,
        leaseId,
        reason: 'failed',
        message: 'NaN',
      })
      if (name !== 'eve') expect(effects).toEqual([])
      else
        expect(effects).toMatchObject([
          { kind: 'pause-run', reason: expect.stringMatching(/3 workers.*NaN.*samples/) },
        ])
    }
    expect(story.ask(story.join('dan'))).toBeNull()
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'running' })
    expect(story.ask(story.join('dan'))).not.toBeNull()
  })

  it('FT16: an evaluation’s task as well; resumed, it is tried again', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    story.tell({ kind: 'evaluation-ordered', runId: RUN, order: orderAt(0, 1) })
    const effects = ['ada', 'bob', 'eve'].map((name) => {
      const worker = story.join(name)
      return kindsOf(story.giveBack(worker, story.ask(worker)!.leaseId, 'failed'))
    })
    expect(effects).toEqual([[], [], ['pause-run']])
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'running' })
    expect(story.ask(story.join('dan'))).toMatchObject({ tasks: [{ kind: 'evaluate' }] })
  })

  it('one worker alone tries five times; stopping is not failing', () => {
    const story = new Story(runOf({ ...SCENE, tasksPerStep: 1 }))
    const ada = story.join('ada')
    const giveBack = (reason: 'failed' | 'stopped') =>
      kindsOf(story.tell({ kind: 'lease-returned', workerId: ada, leaseId: story.ask(ada)!.leaseId, reason }))
    for (let i = 0; i < 20; i++) expect(giveBack('stopped')).toEqual([])
    for (let i = 0; i < 4; i++) expect(giveBack('failed')).toEqual([])
    expect(giveBack('failed')).toContain('pause-run')
  })
})

describe('pausing', () => {
  it('ST2: takes the leases back, still accepts what was nearly done, and resumes', () => {
    const story = new Story()
    const ada = story.join('ada')
    const lease = story.ask(ada)!
    expect(kindsOf(story.tell({ kind: 'run-state-changed', runId: RUN, state: 'paused' }))).toEqual([
      'revoke-lease',
    ])
    expect(story.ask(ada)).toBeNull()
    expect(kindsOf(story.deliver(ada, lease.leaseId))).toEqual(['accept-result'])
    expect(kindsOf(story.tell({ kind: 'run-state-changed', runId: RUN, state: 'running' }))).toEqual([
      'announce-work',
    ])
  })

  it('ST5, FT14: a fault at the step’s end loses the step’s contributions: they are computed again after resuming', () => {
    const story = new Story()
    const ada = story.join('ada')
    story.finishStep(ada)
    story.tell({ kind: 'run-faulted', runId: RUN, reason: 'diverged' })
    story.tell({ kind: 'run-state-changed', runId: RUN, state: 'running' })
    expect(story.finishStep(ada).at(-1)).toMatchObject({ kind: 'close-step', step: 0, samples: 12 })
  })
})
