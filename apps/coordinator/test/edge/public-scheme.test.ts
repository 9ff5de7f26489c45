/** The site behind a proxy that ends TLS: what it says of https, and what others say. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { systemAdapters } from '../../src/adapters.ts'
import { parseProxies, type TrustedProxies } from '../../src/edge/trusted-proxies.ts'
import { bringPhotos, formOf, jpeg, lookOf, makeKey, publish } from '../identify/fixture.ts'
import { type RunningSite, startSite } from '../running-site.ts'

function trusting(...texts: string[]): TrustedProxies {
  const proxies = parseProxies(texts)
  if (isRejection(proxies)) throw new Error(proxies.message)
  return proxies
}

const behindProxy = () => startSite({ trustedProxies: trusting('127.0.0.1') })

type Headers = Record<string, string | string[]>
type Answer = { status: number; headers: IncomingHttpHeaders; body: string }

/** As a proxy asks for flora.example; fetch would write a Host of its own. */
function ask(site: RunningSite, method: string, path: string, headers: Headers, body?: Uint8Array | string) {
  return new Promise<Answer>((resolve, reject) => {
    const asked = request(site.url + path, { method, headers: { host: 'flora.example', ...headers } })
    asked.on('error', reject)
    asked.on('response', async (response) => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part)
      const { statusCode = 0, headers: told } = response
      resolve({ status: statusCode, headers: told, body: Buffer.concat(parts).toString() })
    })
    asked.end(body)
  })
}

function logIn(site: RunningSite, headers: Headers): Promise<Answer> {
  return ask(site, 'POST', '/api/login', headers, JSON.stringify({ token: site.token }))
}

const cookieIn = ({ headers }: Answer) => headers['set-cookie']?.[0] ?? ''

async function originSaid(site: RunningSite, headers: Headers): Promise<string> {
  const { body } = await ask(site, 'GET', '/v2/openapi.json', headers)
  return JSON.parse(body).servers[0].url
}

const HTTPS = { 'x-forwarded-proto': 'https' }

describe('CN8: behind a trusted proxy that ends TLS', () => {
  it('an operator logs in, makes a link and logs out from the https page; the cookie is Secure', async () => {
    const site = await behindProxy()
    const fromPage = { ...HTTPS, origin: 'https://flora.example' }
    const login = await logIn(site, fromPage)
    expect(login.status).toBe(200)
    expect(cookieIn(login)).toMatch(/; Secure; SameSite=Strict$/)
    const cookie = cookieIn(login).split(';')[0]!
    expect((await ask(site, 'POST', '/api/operator-links', { ...fromPage, cookie })).status).toBe(201)
    const elsewhere = { ...fromPage, cookie, origin: 'https://elsewhere.example' }
    expect((await ask(site, 'POST', '/api/operator-links', elsewhere)).status).toBe(403)
    const logout = await ask(site, 'DELETE', '/api/login', { ...fromPage, cookie })
    expect(logout.status).toBe(200)
    expect(cookieIn(logout)).toContain('Max-Age=0')
    expect(cookieIn(logout)).toContain('; Secure')
  })

  it('a page is of the site also where the proxy writes the usual port out, or does not say https', async () => {
    const site = await behindProxy()
    const origin = 'https://flora.example'
    expect((await logIn(site, { origin, ...HTTPS, host: 'flora.example:443' })).status).toBe(200)
    expect((await logIn(site, { origin })).status).toBe(200)
    for (const other of ['flora.example:8443', 'flora.example:80', 'elsewhere.example'])
      expect((await logIn(site, { origin, ...HTTPS, host: other })).status, other).toBe(403)
  })

  it('PN6: photos in an answer of /v2 have https addresses', async () => {
    const readers = {
      read: async () => lookOf([0.7, 0.1, 0.2]),
      fitToKeep: () => Promise.reject(new Error('nothing is given here')),
      forget: () => {},
      waitMs: () => 0,
      close: async () => {},
    }
    const calibrator = {
      calibrate: async () => ({ kind: 'failed', why: 'Not here.' }) as const,
      close: async () => {},
    }
    const site = await startSite(
      { trustedProxies: trusting('127.0.0.1') },
      { ...systemAdapters(), photoReaders: () => readers, startCalibrator: () => calibrator },
    )
    await bringPhotos(site)
    await publish(site)
    const { key } = await makeKey(site)
    const form = new Request(site.url, { method: 'POST', body: formOf([{ bytes: await jpeg(1) }]) })
    const body = new Uint8Array(await form.arrayBuffer())
    const headers = { ...HTTPS, 'content-type': form.headers.get('content-type')! }
    const path = `/v2/identify/all?include-related-images=true&api-key=${key}`
    const answer = await ask(site, 'POST', path, headers, body)
    expect(answer.status, answer.body).toBe(200)
    const { results } = JSON.parse(answer.body) as { results: { images: { url: { o: string } }[] }[] }
    const addresses = results.flatMap(({ images }) => images.map(({ url }) => url.o))
    expect(addresses.length).toBeGreaterThan(0)
    for (const address of addresses) expect(address).toMatch(/^https:\/\/flora\.example\/v2\/photos\//)
  })

  it('the last value counts, and only http or https', async () => {
    const site = await behindProxy()
    const originOf = (said: string | string[]) => originSaid(site, { 'x-forwarded-proto': said })
    for (const said of ['https', ' https ', 'http, https', 'ftp,https', ['http', 'https']])
      expect(await originOf(said), String(said)).toBe('https://flora.example')
    const others = [
      'http',
      'https, http',
      ['https', 'http'],
      '',
      'https,',
      'HTTPS',
      'https:',
      'wss',
      'https;x',
    ]
    for (const said of [...others, 'javascript'])
      expect(await originOf(said), String(said)).toBe('http://flora.example')
    expect(await originSaid(site, { ...HTTPS, host: 'flora.example:443' })).toBe('https://flora.example')
    expect(await originSaid(site, { ...HTTPS, host: 'flora.example:8443' })).toBe(
      'https://flora.example:8443',
    )
  })
})

describe('CN8: who forges headers of a proxy', () => {
  const forged = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'evil.example',
    forwarded: 'proto=https;host=evil.example',
    origin: 'http://flora.example',
  }

  it('gets nothing by it where no proxy is named, or comes from elsewhere than the one that is', async () => {
    for (const trustedProxies of [trusting(), trusting('192.0.2.1', '::1')]) {
      const site = await startSite({ trustedProxies })
      expect(await originSaid(site, forged)).toBe('http://flora.example')
      const login = await logIn(site, forged)
      expect([login.status, cookieIn(login).includes('Secure')]).toEqual([200, false])
      expect((await logIn(site, { ...forged, origin: 'https://evil.example' })).status).toBe(403)
    }
  })

  it('names no other host, not even through the proxy, which may pass X-Forwarded-Host on', async () => {
    const site = await behindProxy()
    expect(await originSaid(site, forged)).toBe('https://flora.example')
    expect((await logIn(site, { ...forged, origin: 'https://evil.example' })).status).toBe(403)
  })
})
