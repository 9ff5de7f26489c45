/** A volunteer's tab: the ring of a step, and going on after a reload. */
import { describe, expect, it } from 'vitest'
import { isOutdated, noteGoingOn, readGoingOn } from '../src/contribute/going-on.ts'
import { lacksOf } from '../src/contribute/lacks.ts'
import { NO_SHARE, shareAfter } from '../src/contribute/own-share.ts'
import { cellsOf } from '../src/contribute/step-ring.tsx'

class MemoryStorage {
  readonly #items = new Map<string, string>()
  getItem(key: string) {
    return this.#items.get(key) ?? null
  }
  setItem(key: string, value: string) {
    this.#items.set(key, value)
  }
  removeItem(key: string) {
    this.#items.delete(key)
  }
}
const storage = () => new MemoryStorage() as unknown as Storage

describe('a tab of an older build', () => {
  it('goes on after it has loaded the newer one', () => {
    const kept = storage()
    expect(readGoingOn(kept, 'old')).toBe('fresh')
    noteGoingOn(kept, 'old')
    expect(readGoingOn(kept, 'new')).toBe('goes-on')
    expect(readGoingOn(kept, 'new')).toBe('fresh')
  })

  it('does not reload for ever where it gets the old build again', () => {
    const kept = storage()
    noteGoingOn(kept, 'old')
    expect(readGoingOn(kept, 'old')).toBe('same-build-again')
  })

  it('reloads for what a newer page cures, and for nothing else', () => {
    expect(['build-mismatch', 'protocol-mismatch', 'worker-unfit'].map(isOutdated)).toEqual([
      true,
      true,
      false,
    ])
  })
})

describe('the ring of a step', () => {
  it('shows mine, the others’, the one in my hands and what is open', () => {
    expect(cellsOf({ accepted: 3, total: 6, mine: 1, inWork: true })).toEqual([
      'mine',
      'others',
      'others',
      'in-work',
      'open',
      'open',
    ])
  })

  it('never has more cells than an eye tells apart, nor none', () => {
    const cells = cellsOf({ accepted: 32_768, total: 65_536, mine: 0, inWork: false })
    expect(cells).toHaveLength(96)
    expect(cells.filter((cell) => cell === 'others')).toHaveLength(48)
    expect(cellsOf({ accepted: 0, total: 0, mine: 0, inWork: false })).toEqual(['open'])
  })
})

describe('my share of a step', () => {
  const task = (step: number) => ({ kind: 'gradient', step }) as never
  const activity = (step: number | null, stepsContributed: number) =>
    ({ task: step === null ? null : task(step), stepsContributed }) as never

  it('counts what was accepted for it, and begins anew with the next step', () => {
    let share = shareAfter(NO_SHARE, activity(4, 0))
    share = shareAfter(share, activity(4, 1))
    share = shareAfter(share, activity(4, 2))
    expect(share).toMatchObject({ step: 4, accepted: 2 })
    expect(shareAfter(share, activity(5, 2))).toMatchObject({ step: 5, accepted: 0 })
  })
})

describe('what a browser lacks', () => {
  it('is said over plain http, with what helps', () => {
    const lacks = lacksOf({ isSecure: false, hasWebgpu: false, hasLocks: false, hasStorage: true })
    expect(lacks.join(' ')).toMatch(/WebGPU.*Web Locks.*https/)
    expect(lacksOf({ isSecure: true, hasWebgpu: true, hasLocks: true, hasStorage: true })).toEqual([])
  })
})
