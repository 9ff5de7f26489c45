import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type PlannedTask, type PlanRequest, planRun, type RunPlan } from '../src/epoch-plan.ts'

const request = fc.record({
  shardSizes: fc
    .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 })
    .filter((all) => all.some(Boolean)),
  seed: fc.integer({ min: 0, max: 0xffffffff }),
  samplesPerTask: fc.integer({ min: 1, max: 24 }),
  tasksPerStep: fc.integer({ min: 1, max: 6 }),
  epochs: fc.integer({ min: 1, max: 5 }),
})

function allTasks(plan: RunPlan): PlannedTask[] {
  return Array.from({ length: plan.steps }, (_, step) => plan.tasksOf(step)).flat()
}

describe('the plan of a run', () => {
  test('GB2: every entry of every epoch is used exactly once', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const used = new Map<string, number>()
        for (const { shard, sample } of allTasks(planRun(asked)).flatMap((task) => task.entries)) {
          expect(sample).toBeLessThan(asked.shardSizes[shard]!)
          used.set(`${shard}/${sample}`, (used.get(`${shard}/${sample}`) ?? 0) + 1)
        }
        expect(used.size).toBe(asked.shardSizes.reduce((sum, size) => sum + size, 0))
        expect([...used.values()].every((times) => times === asked.epochs)).toBe(true)
      }),
    )
  })

  test('GB2: all tasks are full but the very last, and all steps but the last', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const plan = planRun(asked)
        const tasks = allTasks(plan)
        expect(tasks.slice(0, -1).every((task) => task.entries.length === asked.samplesPerTask)).toBe(true)
        expect(tasks.at(-1)!.entries.length).toBeGreaterThan(0)
        for (let step = 0; step < plan.steps - 1; step++) {
          expect(plan.tasksOf(step)).toHaveLength(asked.tasksPerStep)
        }
      }),
    )
  })

  test('GB1: a run of so many steps has that many, all of one global batch, whatever the size of its epochs', () => {
    fc.assert(
      fc.property(request, fc.integer({ min: 1, max: 20 }), ({ epochs: _, ...asked }, steps) => {
        const plan = planRun({ ...asked, steps })
        expect(plan.steps).toBe(steps)
        for (let step = 0; step < steps; step++) {
          const entries = plan.tasksOf(step).flatMap((task) => task.entries)
          expect(entries).toHaveLength(asked.samplesPerTask * asked.tasksPerStep)
        }
      }),
    )
  })

  test('GB2: a run cut off after some steps did the first steps of the longer one', () => {
    fc.assert(
      fc.property(request, ({ epochs: _, ...asked }) => {
        const long = planRun({ ...asked, steps: 12 })
        const short = planRun({ ...asked, steps: 5 })
        for (let step = 0; step < short.steps; step++) expect(short.tasksOf(step)).toEqual(long.tasksOf(step))
      }),
    )
  })

  test('SD1: the plan is pure: asked in any order, by anyone, a step is the same; another seed gives another plan', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const forwards = planRun(asked)
        const backwards = planRun({ ...asked, shardSizes: [...asked.shardSizes] })
        for (let step = forwards.steps - 1; step >= 0; step--) backwards.tasksOf(step)
        expect(allTasks(backwards)).toEqual(allTasks(forwards))
      }),
      { numRuns: 30 },
    )
    const asked: PlanRequest = {
      shardSizes: [50, 50],
      seed: 1,
      samplesPerTask: 10,
      tasksPerStep: 2,
      epochs: 2,
    }
    expect(planRun({ ...asked, seed: 2 }).tasksOf(0)).not.toEqual(planRun(asked).tasksOf(0))
    expect(planRun(asked).tasksOf(0)).not.toEqual(planRun(asked).tasksOf(5))
  })

  test('a task touches one shard, at its edges two; a step touches many', () => {
    const plan = planRun({
      shardSizes: Array(40).fill(100),
      seed: 7,
      samplesPerTask: 16,
      tasksPerStep: 32,
      epochs: 2,
    })
    const shardsOf = (tasks: PlannedTask[]) =>
      new Set(tasks.flatMap((task) => task.entries.map((entry) => entry.shard)))
    expect(Math.max(...allTasks(plan).map((task) => shardsOf([task]).size))).toBe(2)
    expect(shardsOf(plan.tasksOf(3)).size).toBeGreaterThan(15)
  })

  test('a task carries the epoch of its first entry, and epochs pass as the steps do', () => {
    const plan = planRun({ shardSizes: [10], seed: 3, samplesPerTask: 4, tasksPerStep: 1, epochs: 2 })
    expect(plan.steps).toBe(5)
    expect(plan.stepsPerEpoch).toBe(2.5)
    expect(allTasks(plan).map((task) => task.epoch)).toEqual([0, 0, 0, 1, 1])
    expect([0, 1, 5].map((step) => plan.epochOf(step))).toEqual([0, 0.4, 2])
    expect(() => plan.tasksOf(5)).toThrow(RangeError)
  })

  test('a step in the middle of a very long run is planned at once', () => {
    const plan = planRun({
      shardSizes: Array(15_000).fill(800),
      seed: 1,
      samplesPerTask: 32,
      tasksPerStep: 256,
      epochs: 1000,
    })
    const startMs = performance.now()
    expect(plan.tasksOf(700_000)).toHaveLength(256)
    expect(performance.now() - startMs).toBeLessThan(3000)
  })

  test('what no run can have is refused', () => {
    const asked = { seed: 1, samplesPerTask: 4, tasksPerStep: 1 }
    expect(() => planRun({ ...asked, shardSizes: [], epochs: 1 })).toThrow(RangeError)
    expect(() => planRun({ ...asked, shardSizes: [4] })).toThrow(RangeError)
  })
})
