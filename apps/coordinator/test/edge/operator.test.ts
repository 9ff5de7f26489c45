import { describe, expect, it } from 'vitest'
import { type RunningSite, startSite } from '../running-site.ts'

function login(site: RunningSite, token: string, headers: Record<string, string> = {}) {
  return fetch(`${site.url}/api/login`, { method: 'POST', headers, body: JSON.stringify({ token }) })
}

async function tokenOfLink(site: RunningSite): Promise<string> {
  const { path } = await site.json<{ path: string }>('POST', '/api/operator-links')
  return path.replace('/dashboard#token=', '')
}

async function cookieOf(site: RunningSite): Promise<string> {
  const response = await login(site, await tokenOfLink(site))
  return response.headers.get('set-cookie')!.split(';')[0]!
}

describe('the operator', () => {
  it('a link lets in once; its session survives a restart and ends with a logout', async () => {
    const site = await startSite()
    const token = await tokenOfLink(site)
    const first = await login(site, token)
    expect(first.status).toBe(200)
    expect(first.headers.get('set-cookie')).toMatch(/HttpOnly.*SameSite=Strict/)
    expect(first.headers.get('set-cookie')).not.toContain('Secure')
    expect((await login(site, token)).status).toBe(401)
    const cookie = first.headers.get('set-cookie')!.split(';')[0]!
    await site.stop()

    const again = await startSite({ data: site.data })
    const operator = () => fetch(`${again.url}/api/operator`, { headers: { cookie } })
    expect(await (await operator()).json()).toEqual({ operator: true })
    await fetch(`${again.url}/api/login`, { method: 'DELETE', headers: { cookie, origin: again.url } })
    expect((await operator()).status).toBe(401)
  })

  it('without the token nothing of the operator’s is shown or changed', async () => {
    const site = await startSite()
    for (const [method, path] of [
      ['GET', '/api/operator'],
      ['GET', '/api/workers'],
      ['GET', '/api/events'],
      ['GET', '/api/floras'],
      ['PUT', '/api/floras/meadow'],
      ['PUT', `/blobs/${'0'.repeat(64)}`],
      ['POST', '/api/runs'],
      ['POST', '/api/runs/some/state'],
      ['POST', '/api/runs/some/publish'],
      ['POST', '/api/runs/some/fork'],
      ['POST', '/api/runs/some/rollback'],
      ['POST', '/api/runs/some/priority'],
      ['POST', '/api/runs/some/retention'],
      ['POST', '/api/operator-links'],
    ]) {
      const response = await fetch(site.url + path, {
        method: method!,
        headers: { authorization: 'Bearer wrong', cookie: 'worldflora_operator=wrong' },
      })
      expect(response.status, `${method} ${path}`).toBe(401)
      expect(await response.json()).toMatchObject({
        kind: 'rejection',
        action: expect.stringContaining('operator'),
      })
    }
  })

  it('a cookie changes something only from our own pages (CSRF)', async () => {
    const site = await startSite()
    const cookie = await cookieOf(site)
    const makeLink = (headers: Record<string, string>) =>
      fetch(`${site.url}/api/operator-links`, { method: 'POST', headers: { cookie, ...headers } })
    expect((await makeLink({})).status).toBe(403)
    expect((await makeLink({ origin: 'https://elsewhere.example' })).status).toBe(403)
    expect((await makeLink({ origin: site.url, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await makeLink({ origin: site.url })).status).toBe(201)
    expect((await makeLink({ 'sec-fetch-site': 'same-origin' })).status).toBe(201)
    const token = await tokenOfLink(site)
    expect((await login(site, token, { origin: 'https://elsewhere.example' })).status).toBe(403)
  })

  it('who guesses is told to stop; a right token is good all the same', async () => {
    const site = await startSite()
    for (let n = 0; n < 10; n++) expect((await login(site, `guess ${n}`)).status).toBe(401)
    const refused = await login(site, 'another guess')
    expect(refused.status).toBe(429)
    expect(await refused.json()).toMatchObject({ code: 'too-many-attempts' })
    expect((await login(site, await tokenOfLink(site))).status).toBe(200)
  })
})
