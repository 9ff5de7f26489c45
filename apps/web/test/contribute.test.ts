/** A volunteer's tab: the ring of a step, and going on after a reload. */
import { createTranslator } from 'use-intl/core'
import { describe, expect, it } from 'vitest'
import en from '../messages/en.json'
import { backendWords, gpuWords } from '../src/contribute/activity-words.ts'
import { keepCores, partOfCores, readCores } from '../src/contribute/cores.ts'
import { isOutdated, noteGoingOn, readGoingOn } from '../src/contribute/going-on.ts'
import { lacksOf } from '../src/contribute/lacks.ts'
import { ownPart, sharesAfter } from '../src/contribute/own-part.ts'
import { cellsOf } from '../src/contribute/step-ring.tsx'
import type { Texts } from '../src/languages/use-texts.ts'

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
const t = createTranslator({
  locale: 'en',
  messages: en,
  namespace: 'contribute',
}) as unknown as Texts<'contribute'>
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
  it('shows mine, the others’, those in my hands and what is open', () => {
    expect(cellsOf({ accepted: 3, total: 6, mine: 1, inHand: 2 })).toEqual([
      'mine',
      'others',
      'others',
      'in-work',
      'in-work',
      'open',
    ])
  })

  it('never has more cells than an eye tells apart, nor none', () => {
    const cells = cellsOf({ accepted: 32_768, total: 65_536, mine: 0, inHand: 0 })
    expect(cells).toHaveLength(96)
    expect(cells.filter((cell) => cell === 'others')).toHaveLength(48)
    expect(cellsOf({ accepted: 0, total: 65_536, mine: 0, inHand: 3 })[0]).toBe('in-work')
    expect(cellsOf({ accepted: 0, total: 0, mine: 0, inHand: 0 })).toEqual(['open'])
  })
})

describe('my part of a step', () => {
  const run = { id: 'run-1', step: 4, tasks: { accepted: 3, total: 8 } } as never
  const share = { run: 'run-1' as never, step: 4, accepted: 2, inHand: 3 }

  it('is what was accepted and what is in my hands, of this step of this run alone', () => {
    expect(ownPart(run, [share])).toEqual({ mine: 2, inHand: 3 })
    expect(ownPart(run, [{ ...share, step: 5 }])).toEqual({ mine: 0, inHand: 0 })
    expect(ownPart(run, [{ ...share, run: 'run-2' as never }])).toEqual({ mine: 0, inHand: 0 })
    expect(ownPart(run, [])).toEqual({ mine: 0, inHand: 0 })
  })

  it('is never more than the site says there is', () => {
    expect(ownPart(run, [{ ...share, accepted: 5 }]).mine).toBe(3)
  })

  it('stays for the step that the site still shows when my machine is at the next one', () => {
    const next = { ...share, step: 5, accepted: 0, inHand: 1 }
    const shares = sharesAfter(sharesAfter(sharesAfter([], { ...share, accepted: 1 }), share), next)
    expect(ownPart(run, shares)).toEqual({ mine: 2, inHand: 0 })
    expect(sharesAfter(shares, { ...next, accepted: 1 })).toEqual([
      { ...next, accepted: 1 },
      { ...share, inHand: 0 },
    ])
  })
})

describe('what a browser lacks', () => {
  it('is said over plain http, with what helps', () => {
    const lacks = lacksOf({ isSecure: false, hasWebgpu: false, hasLocks: false, hasStorage: true })
    expect(lacks.map((lack) => t(`lacks.${lack}`)).join(' ')).toMatch(/WebGPU.*Web Locks.*https/)
    expect(lacksOf({ isSecure: true, hasWebgpu: true, hasLocks: true, hasStorage: true })).toEqual([])
  })
})

describe('the cores that a volunteer lends', () => {
  it('are one to begin with, then as many as were chosen, and never more than there are', () => {
    const kept = storage()
    expect(readCores(kept, 8)).toBe(1)
    keepCores(kept, 6)
    expect([readCores(kept, 8), readCores(kept, 4)]).toEqual([6, 4])
    kept.setItem('worldflora:cores', 'many')
    expect(readCores(kept, 8)).toBe(1)
    expect(readCores(null, 8)).toBe(1)
  })

  it('are told with what they mean for the machine', () => {
    expect([1, 4, 5, 8].map((cores) => partOfCores(cores, 8))).toEqual(['some', 'some', 'most', 'all'])
  })

  it('are named beside what computes', () => {
    expect(backendWords(t, { backend: 'wasm', adapter: null, cores: 1 })).toBe('WASM')
    expect(backendWords(t, { backend: 'wasm', adapter: null, cores: 3 })).toBe('WASM on 3 cores')
    expect(backendWords(t, { backend: 'webgpu', adapter: 'nvidia', cores: 3 })).toBe(
      'WebGPU (nvidia) and WASM on 2 cores',
    )
  })
})

describe('a graphics card', () => {
  it('that does not compute is told of with the reason; otherwise there is nothing to say', () => {
    const words = (['wrong-answers', 'slower', 'untried', 'lost', 'resting'] as const).map((gpu) =>
      gpuWords(t, { gpu, adapter: 'nvidia' }),
    )
    for (const said of words) expect(said).toMatch(/^The graphics card \(nvidia\) /)
    expect(new Set(words).size).toBe(5)
    expect([
      gpuWords(t, { gpu: 'used', adapter: 'nvidia' }),
      gpuWords(t, { gpu: null, adapter: null }),
    ]).toEqual([null, null])
  })
})
