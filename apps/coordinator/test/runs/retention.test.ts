import type { Evaluation } from '@worldflora/protocol/evaluation'
import type { Hash } from '@worldflora/protocol/ids'
import { describe, expect, it } from 'vitest'
import { isMilestone, reasonsToKeep } from '../../src/runs/retention.ts'
import type { Milestone, PendingEvaluation } from '../../src/store/store.ts'

const milestone = (step: number): Milestone => ({
  step,
  checkpoint: String(step).padStart(64, '0') as Hash,
  bytes: 100,
  optimizerState: null,
})
const measured = (step: number, top1: number, split: 'val' | 'test' = 'val') =>
  ({ step, split, top1 }) as Evaluation
const policy = { watched: 'val', newestKept: 2 } as const

function reasons(
  steps: number[],
  evaluations: Evaluation[],
  pending: PendingEvaluation[] = [],
  newestKept = 2,
) {
  const kept = reasonsToKeep(steps.map(milestone), { evaluations, pending }, { ...policy, newestKept })
  return Object.fromEntries(kept)
}

describe('retention', () => {
  it('LC1: the first, the newest few and the best by the watched split stay; others have no reason to', () => {
    const evaluations = [measured(10, 0.5), measured(20, 0.9), measured(30, 0.6), measured(40, 0.9)]
    expect(reasons([0, 10, 20, 30, 40, 50], evaluations)).toEqual({
      0: ['start'],
      10: [],
      20: ['best'],
      30: [],
      40: ['newest'],
      50: ['newest'],
    })
  })

  it('LC1: one that is not measured yet stays until it is; another split decides nothing', () => {
    const pending = [{ step: 10, split: 'val' } as PendingEvaluation]
    expect(reasons([0, 10, 20, 30], [measured(30, 1, 'test')], pending, 1)).toEqual({
      0: ['start'],
      10: ['measuring'],
      20: [],
      30: ['newest'],
    })
    expect(reasons([0, 10], [], [], 0)).toEqual({ 0: ['start'], 10: [] })
  })

  it('LC1: a milestone is made with each evaluated epoch, and at the end', () => {
    const at = (epochBefore: number, epochAfter: number, isLast = false) =>
      isMilestone(2, { epochBefore, epochAfter, isLast })
    expect([at(1, 1.9), at(1.9, 2), at(2, 2.5), at(3.5, 4.5), at(4.5, 4.6, true)]).toEqual([
      false,
      true,
      false,
      true,
      true,
    ])
  })
})
