import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { HandWorker } from '../hand-made.ts'
import { startSite, temporaryFolder } from '../running-site.ts'

function pages(): string {
  const web = temporaryFolder()
  mkdirSync(join(web, '_next', 'static'), { recursive: true })
  writeFileSync(join(web, 'index.html'), '<p>Worldflora</p>')
  writeFileSync(join(web, 'contribute.html'), `<script>start()</script>${'<p>much text</p>'.repeat(100)}`)
  writeFileSync(join(web, '404.html'), '<p>nothing here</p>')
  mkdirSync(join(web, 'fr'))
  writeFileSync(join(web, 'fr', '404.html'), '<p>rien ici</p>')
  writeFileSync(join(web, '_next', 'static', 'abc.js'), 'start = () => {}')
  writeFileSync(join(web, 'csp.json'), JSON.stringify({ '/contribute': ['sha256-AAAA'], '/': [] }))
  writeFileSync(join(web, 'build.json'), JSON.stringify({ build: 'b1' }))
  return web
}

describe('pages', () => {
  it('each page has its own strict policy; what is hashed into its name is kept for ever', async () => {
    const site = await startSite({ web: pages() })
    const page = await fetch(`${site.url}/contribute`)
    expect(await page.text()).toContain('start()')
    const policy = page.headers.get('content-security-policy')!
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval' 'sha256-AAAA';")
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'\s*'unsafe-eval/)
    for (const part of [
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "object-src 'none'",
      "form-action 'self'",
    ]) {
      expect(policy).toContain(part)
    }
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'cache-control': 'no-cache',
      'content-encoding': 'gzip',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=(self)'),
    })
    const etag = page.headers.get('etag')!
    expect((await fetch(`${site.url}/contribute`, { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await fetch(`${site.url}/`)).headers.get('content-security-policy')).not.toContain('sha256')
    const script = await fetch(`${site.url}/_next/static/abc.js`)
    expect(script.headers.get('cache-control')).toContain('immutable')
    expect(script.headers.get('content-type')).toContain('text/javascript')
  })

  it('nothing outside the export is served, and what is not there is a 404', async () => {
    const site = await startSite({ web: pages() })
    for (const path of [
      '/nowhere',
      '/..%2f..%2fetc%2fpasswd',
      '/%2e%2e/worldflora.json',
      '/contribute.html/',
    ]) {
      expect((await fetch(site.url + path)).status, path).toBe(404)
    }
    const missing = async (path: string) => (await fetch(site.url + path)).text()
    expect(await missing('/fr/nowhere')).toContain('rien ici')
    expect(await missing('/de/nowhere')).toContain('nothing here')
  })

  it('without an export it says what to do', async () => {
    const site = await startSite()
    const response = await fetch(`${site.url}/contribute`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ action: expect.stringContaining('apps/web/build.mjs') })
  })
})

const hasOpenssl = spawnSync('openssl', ['version']).status === 0

describe.skipIf(!hasOpenssl)('https (needs openssl to make a certificate)', () => {
  it('is served to everybody; commands of this machine use plain http on the loopback', async () => {
    const folder = temporaryFolder()
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
        .concat(['-keyout', key, '-out', cert, '-subj', '/CN=localhost'])
        .concat(['-addext', 'subjectAltName=DNS:localhost']),
      { stdio: 'ignore' },
    )
    const site = await startSite({ web: pages(), tls: { cert, key } })
    expect(site.url).toMatch(/^https:\/\/localhost:\d+$/)
    const policy = await new Promise<unknown>((resolve, fail) => {
      get(`${site.url}/contribute`, { rejectUnauthorized: false, family: 4 }, (response) => {
        response.resume()
        resolve(response.headers['content-security-policy'])
      }).on('error', fail)
    })
    expect(policy).toContain("default-src 'self'")
    expect(await (await fetch(`${site.localUrl}/healthz`)).json()).toMatchObject({ ok: true })
    await HandWorker.join(site.localUrl)
  })
})
