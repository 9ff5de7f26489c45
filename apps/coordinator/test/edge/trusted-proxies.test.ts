/** Whose address it is that asks, from what proxies write and from what visitors do. */
import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { parseProxies, type TrustedProxies } from '../../src/edge/trusted-proxies.ts'
import { parseOptions } from '../../src/options.ts'
import { type RunningSite, startSite } from '../running-site.ts'

function trusting(...texts: string[]): TrustedProxies {
  const proxies = parseProxies(texts)
  if (isRejection(proxies)) throw new Error(proxies.message)
  return proxies
}

const PROXIES = ['192.0.2.1', '10.0.0.0/8', '2001:db8:a::1', 'fd00::/8', '::ffff:198.51.100.0/120']

/** Of who asks from `peer`, with headers as they came. */
function visitor(peer: string, ...forwardedFor: string[]): string {
  const headersDistinct = forwardedFor.length > 0 ? { 'x-forwarded-for': forwardedFor } : {}
  return trusting(...PROXIES).visitorOf({ socket: { remoteAddress: peer }, headersDistinct })
}

describe('CN7: the address of who asks', () => {
  it('is the one that a trusted proxy was asked from, through as many of them as there are', () => {
    expect(visitor('192.0.2.1', '203.0.113.7')).toBe('203.0.113.7')
    expect(visitor('10.9.8.7', '203.0.113.7,192.0.2.1 , 10.1.1.1')).toBe('203.0.113.7')
    expect(visitor('10.9.8.7', '203.0.113.7', '10.1.1.1')).toBe('203.0.113.7')
    expect(visitor('2001:db8:a::1', '2001:db8:1:2::9')).toBe('2001:db8:1:2::9')
    expect(visitor('fd12:3456::1', '2001:db8:1:2::9, 2001:DB8:A:0:0:0:0:1')).toBe('2001:db8:1:2::9')
  })

  it('is the right-most that is no proxy, whatever a visitor has written before it', () => {
    expect(visitor('192.0.2.1', '198.18.0.1, 203.0.113.7')).toBe('203.0.113.7')
    expect(visitor('192.0.2.1', '10.0.0.1, 203.0.113.7')).toBe('203.0.113.7')
    expect(visitor('192.0.2.1', 'nobody", <>', '203.0.113.7')).toBe('203.0.113.7')
    expect(visitor('10.0.0.1', '198.18.0.1, 203.0.113.7, 192.0.2.1')).toBe('203.0.113.7')
  })

  it('is the peer’s where that is no trusted proxy, whatever it says', () => {
    expect(visitor('203.0.113.7', '198.18.0.1')).toBe('203.0.113.7')
    expect(visitor('203.0.113.7', '198.18.0.1, 192.0.2.1')).toBe('203.0.113.7')
    expect(visitor('192.0.2.2', '198.18.0.1')).toBe('192.0.2.2')
    const untrusting = trusting()
    const headersDistinct = { 'x-forwarded-for': ['198.18.0.1'] }
    expect(untrusting.visitorOf({ socket: { remoteAddress: '127.0.0.1' }, headersDistinct })).toBe(
      '127.0.0.1',
    )
  })

  it('is the peer’s where the proxy says nothing, no address, or proxies alone', () => {
    expect(visitor('192.0.2.1')).toBe('192.0.2.1')
    for (const said of [
      '',
      'unknown',
      '203.0.113.7:4711',
      '[2001:db8::9]',
      '203.0.113.007',
      '203.0.113.7,',
      '1',
      '10.0.0.1',
    ])
      expect(visitor('192.0.2.1', said), said).toBe('192.0.2.1')
    expect(visitor('192.0.2.1', '203.0.113.7, ?, 10.0.0.1')).toBe('192.0.2.1')
    expect(visitor('192.0.2.1', '10.0.0.3, 10.0.0.2')).toBe('192.0.2.1')
    expect(trusting().visitorOf({ socket: {}, headersDistinct: {} })).toBe('')
  })

  it('of IPv4 is the same in IPv6’s spellings: the peer’s, the visitor’s and the proxy’s', () => {
    expect(visitor('::ffff:192.0.2.1', '203.0.113.7')).toBe('203.0.113.7')
    expect(visitor('::ffff:10.9.8.7', '::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(visitor('10.9.8.7', '::FFFF:cb00:7107, ::ffff:c000:201')).toBe('203.0.113.7')
    expect(visitor('198.51.100.9', '203.0.113.7')).toBe('203.0.113.7')
    expect(visitor('::ffff:203.0.113.7', '198.18.0.1')).toBe('203.0.113.7')
    expect(visitor('198.51.101.9', '203.0.113.7')).toBe('198.51.101.9')
  })
})

/** Ten are told that the token is wrong, the eleventh to stop: 401 and 429. */
async function guess(site: RunningSite, forwardedFor: string): Promise<number> {
  const headers = { 'x-forwarded-for': forwardedFor }
  const body = JSON.stringify({ token: 'a guess' })
  return (await fetch(`${site.url}/api/login`, { method: 'POST', headers, body })).status
}

describe('CN7: who forges X-Forwarded-For', () => {
  it('gets nothing by it where no proxy is named, or comes from elsewhere than the one that is', async () => {
    for (const trustedProxies of [trusting(), trusting('192.0.2.1', '::1')]) {
      const site = await startSite({ trustedProxies })
      for (let n = 0; n < 10; n++) expect(await guess(site, `203.0.113.${n}`)).toBe(401)
      expect(await guess(site, '203.0.113.10')).toBe(429)
      expect(await guess(site, '203.0.113.11, 192.0.2.1')).toBe(429)
      await site.stop()
    }
  })

  it('gets nothing by it through the proxy, which names everybody else apart', async () => {
    const site = await startSite({ trustedProxies: trusting('127.0.0.1') })
    for (let n = 0; n < 10; n++) expect(await guess(site, `198.18.0.${n}, 203.0.113.7`)).toBe(401)
    for (const forged of ['198.18.1.1', '127.0.0.1', '203.0.113.8', 'nobody', ''])
      expect(await guess(site, `${forged}, 203.0.113.7`), forged).toBe(429)
    expect(await guess(site, '203.0.113.7, 203.0.113.8')).toBe(401)
  })
})

describe('CN7: --trusted-proxy', () => {
  const options = (proxies: string) => parseOptions(['--data', 'somewhere', '--trusted-proxy', proxies])

  it('takes addresses and networks, with commas between', () => {
    const parsed = options('192.0.2.1, fd00::/8,')
    if (isRejection(parsed)) throw new Error(parsed.message)
    const headersDistinct = { 'x-forwarded-for': ['203.0.113.7'] }
    for (const remoteAddress of ['192.0.2.1', 'fd00::9'])
      expect(parsed.trustedProxies.visitorOf({ socket: { remoteAddress }, headersDistinct })).toBe(
        '203.0.113.7',
      )
  })

  it('says at the start what is neither', () => {
    for (const wrong of [
      'proxy.example',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      '10.0.0.0/-1',
      '10.0.0.0/0x8',
      'fd00::/129',
      '10.0.0',
      '*',
      '/8',
    ]) {
      const outcome = options(`192.0.2.1,${wrong}`)
      expect(isRejection(outcome) && outcome.message, wrong).toContain(`“${wrong}”`)
    }
  })
})
