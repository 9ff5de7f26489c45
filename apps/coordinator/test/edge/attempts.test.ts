import { describe, expect, it } from 'vitest'
import { Attempts } from '../../src/edge/attempts.ts'

describe('FB4: attempts by address', () => {
  const attempts = () => new Attempts({ attempts: 2, windowMs: 1000 })

  it('are so many within a time, which goes on with each', () => {
    const own = attempts()
    own.note('192.0.2.1', 0)
    own.note('192.0.2.1', 600)
    expect(own.isAllowed('192.0.2.1', 999)).toBe(false)
    expect(own.isAllowed('192.0.2.2', 999)).toBe(true)
    expect(own.isAllowed('192.0.2.1', 1000)).toBe(true)
    own.note('192.0.2.1', 1000)
    expect(own.isAllowed('192.0.2.1', 1599)).toBe(false)
  })

  it('of IPv6 count by what a provider gives one customer; of IPv4 within it, each by itself', () => {
    const own = attempts()
    own.note('2001:db8:1:2::1', 0)
    own.note('2001:db8:1:2:ffff:1:2:3', 0)
    expect(own.isAllowed('2001:db8:1:2:9::9', 1)).toBe(false)
    expect(own.isAllowed('2001:db8:1:3::1', 1)).toBe(true)
    own.note('::ffff:192.0.2.1', 0)
    own.note('::ffff:192.0.2.1', 0)
    expect(own.isAllowed('::ffff:192.0.2.1', 1)).toBe(false)
    expect(own.isAllowed('::ffff:192.0.2.2', 1)).toBe(true)
    own.note('::1', 0)
    own.note('::1', 0)
    expect(own.isAllowed('::1', 1)).toBe(false)
  })

  it('of all networks of an IPv6 site count together, with eight times as many', () => {
    const own = attempts()
    for (let network = 0; network < 16; network++) {
      expect(own.isAllowed(`2001:db8:1:${network}::1`, 0)).toBe(true)
      own.note(`2001:db8:1:${network}::1`, 0)
    }
    expect(own.isAllowed('2001:db8:1:ffff::1', 999)).toBe(false)
    expect(own.isAllowed('2001:db8:2::1', 999)).toBe(true)
    expect(own.isAllowed('2001:db8:1:ffff::1', 1000)).toBe(true)
  })
})
