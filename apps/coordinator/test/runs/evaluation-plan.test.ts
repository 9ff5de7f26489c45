import type { Manifest } from '@worldflora/dataset/manifest'
import type { Hash } from '@worldflora/protocol/ids'
import { describe, expect, it } from 'vitest'
import { evaluationsDue, evaluationTasks } from '../../src/runs/evaluation-plan.ts'

const shard = (samples: number, observations?: number[]) => ({
  hash: 'a'.repeat(64) as Hash,
  bytes: 100,
  samples,
  ...(observations === undefined ? {} : { observations }),
})
const flora = (val: number, test: number): Manifest => ({
  formatVersion: 1,
  name: 'meadow',
  storedSize: 64,
  species: [{ id: 'a', scientificName: 'A' }],
  shards: { train: [shard(10)], val: val > 0 ? [shard(val)] : [], test: test > 0 ? [shard(test)] : [] },
})

describe('evaluations', () => {
  it('are due each time so many epochs are through, and both splits at the end', () => {
    const due = (epochBefore: number, epochAfter: number, isLast = false) =>
      evaluationsDue(flora(4, 4), 2, { epochBefore, epochAfter, isLast })
    expect(due(1.4, 1.9)).toEqual([])
    expect(due(1.9, 2.0)).toEqual(['val'])
    expect(due(1.9, 2.4)).toEqual(['val'])
    expect(due(2.0, 2.4)).toEqual([])
    expect(due(9.5, 10, true)).toEqual(['val', 'test'])
  })

  it('without a validation split the test split is watched; without both there is nothing to measure', () => {
    const end = { epochBefore: 1, epochAfter: 2, isLast: true }
    expect(evaluationsDue(flora(0, 4), 1, end)).toEqual(['test'])
    expect(evaluationsDue(flora(0, 0), 1, end)).toEqual([])
  })

  it('are cut into tasks at observation borders, each photo once', () => {
    const observations = [30, 30, 10, 100, 3]
    const tasks = evaluationTasks([shard(173, observations)])
    expect(tasks.map(([entries]) => entries!.samples.length)).toEqual([60, 10, 100, 3])
    expect(tasks.flatMap(([entries]) => entries!.samples)).toEqual(Array.from({ length: 173 }, (_, i) => i))
  })
})
