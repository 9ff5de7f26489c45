/** What a worker is told of the next step while it idles between two. */
import { expect, it } from 'vitest'
import type { EventOf } from '../../src/core/events.ts'
import { checkpointAt, RUN, runOf, SCENE, Story } from './fixture.ts'

const [ADA, BOB] = ['ada', 'bob'] as [string, string]
/** Who holds them all takes tasks in the order of the offer. */
const SHARDS = runOf(SCENE).trainShards!.map(({ hash }) => hash)

function told(story: Story, workerId: string, busyMs?: number) {
  const request = { kind: 'work-requested', workerId, holding: [], shards: new Set<string>() }
  const [effect] = story.tell({
    ...request,
    imagesPerSecond: 4,
    busyMs,
  } as unknown as EventOf<'work-requested'>)
  if (effect?.kind !== 'keep-idle') throw new Error('there was work')
  return effect.ahead
}

/** Two have delivered all tasks of the first step, which is being closed. */
function closing() {
  const story = new Story(runOf({ ...SCENE, tasksPerStep: 4 }))
  const workers = [story.join(ADA), story.join(BOB)]
  for (let task = 0; task < 4; task++) {
    const workerId = workers[task % 2]!
    const { leaseId } = story.ask(workerId, 4)!
    story.deliver(workerId, leaseId)
  }
  return { story, workers }
}

it('WK14: who idles while a step is closed is told tasks of the next one, each worker others, again the same', () => {
  const { story } = closing()
  const [ada, bob] = [told(story, ADA)!, told(story, BOB)!]
  expect(ada.run.id).toBe(RUN)
  expect([...ada.tasks, ...bob.tasks].map(({ step }) => step)).toEqual([1, 1])
  expect(ada.tasks[0]!.task).not.toBe(bob.tasks[0]!.task)
  expect(told(story, ADA)).toEqual(ada)
})

it('WK14: they are given it first, whoever asks first', () => {
  const { story, workers } = closing()
  const [ada, bob] = [told(story, ADA)!, told(story, BOB)!]
  story.tell({ kind: 'step-made-durable', runId: RUN, checkpoint: checkpointAt(1) })
  expect(story.ask(workers[1]!, 4, SHARDS)!.tasks[0]).toEqual(bob.tasks[0])
  const eve = story.join('eve')
  expect(story.ask(eve, 4, SHARDS)!.tasks[0].task).not.toBe(ada.tasks[0]!.task)
  expect(story.ask(workers[0]!, 4, SHARDS)!.tasks[0]).toEqual(ada.tasks[0])
})

it('WK14: a forecast is no lease: what was foretold to one who does not come goes to others', () => {
  const { story, workers } = closing()
  told(story, ADA)
  story.leave(workers[0]!)
  story.tell({ kind: 'step-made-durable', runId: RUN, checkpoint: checkpointAt(1) })
  const given = new Set<number>()
  for (let lease = story.ask(workers[1]!, 4); given.size < 4; lease = story.ask(workers[1]!, 4)) {
    for (const { task } of lease!.tasks) given.add(task)
    story.deliver(workers[1]!, lease!.leaseId)
  }
  expect([...given].sort()).toEqual([0, 1, 2, 3])
})

it('WK14: nothing is foretold while tasks are there to be given, after the last step, nor to one without a pace', () => {
  const { story } = closing()
  const request = {
    kind: 'work-requested',
    workerId: story.join('eve'),
    holding: [],
    shards: new Set<string>(),
  }
  expect(story.tell(request as unknown as EventOf<'work-requested'>)[0]).toMatchObject({ ahead: null })
  const steps = runOf({ ...SCENE, tasksPerStep: 4 }).plan.steps
  const last = new Story(runOf({ ...SCENE, tasksPerStep: 4 }, steps - 1))
  const workerId = last.join(ADA)
  for (let lease = last.ask(workerId, 4); lease !== null; lease = last.ask(workerId, 4)) {
    last.deliver(workerId, lease.leaseId)
  }
  expect(told(last, ADA)).toBeNull()
})
