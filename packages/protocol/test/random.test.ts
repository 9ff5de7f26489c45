import { describe, expect, it } from 'vitest'
import { RandomStream } from '../src/random.ts'
import { threefry2x32 } from '../src/threefry.ts'

function block(key: [number, number], counter: [number, number]): string[] {
  const out = new Uint32Array(2)
  threefry2x32(key[0], key[1], counter[0], counter[1], out)
  return [...out].map((word) => word.toString(16))
}

describe('SD3: the generator', () => {
  it('gives the known answers of Random123 for threefry2x32-20', () => {
    expect(block([0, 0], [0, 0])).toEqual(['6b200159', '99ba4efe'])
    expect(block([-1, -1], [-1, -1])).toEqual(['1cb996fc', 'bb002be7'])
    expect(block([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual(['c4923a9c', '483df7a0'])
  })

  it('SD1: the same place has the same numbers; another seed, purpose or place has others', () => {
    const first = (...args: ConstructorParameters<typeof RandomStream>) => new RandomStream(...args).uint32()
    expect(first(1, 'augment', 2, 3)).toBe(first(1, 'augment', 2, 3))
    const others = [
      first(2, 'augment', 2, 3),
      first(1, 'dropout', 2, 3),
      first(1, 'augment', 3, 2),
      first(1, 'augment', 2),
    ]
    expect(new Set([first(1, 'augment', 2, 3), ...others]).size).toBe(5)
  })

  it('gives the same numbers one by one and many at once', () => {
    const single = new RandomStream(3, 'roundGradient', 7)
    const many = new RandomStream(3, 'roundGradient', 7)
    for (const count of [3, 0, 4, 1, 1, 6, 5]) {
      const words = new Uint32Array(count)
      many.fill(words)
      expect([...words]).toEqual(Array.from({ length: count }, () => single.uint32()))
    }
    expect(many.uint32()).toBe(single.uint32())
  })

  it('shuffles without losing anything, evenly', () => {
    const counts = [0, 0, 0]
    for (let seed = 0; seed < 3000; seed++) {
      const order = new RandomStream(seed, 'split').shuffle([0, 1, 2])
      expect([...order].sort()).toEqual([0, 1, 2])
      counts[order[0]!]!++
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(130)
  })

  it('normal numbers have mean 0 and variance 1', () => {
    const random = new RandomStream(5, 'initialWeights')
    const values = Array.from({ length: 20_000 }, () => random.normal())
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean).toBeCloseTo(0, 1)
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(1, 1)
  })
})
