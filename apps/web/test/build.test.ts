/** What the build says of the pages it made. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pathOfPage } from '../build/exported-files.mjs'
import { sealPages } from '../build/policy.mjs'
import { siteOf } from '../build/service-worker.mjs'

const hash = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`

function exported(pages: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'worldflora-export-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'deep'))
  for (const [file, html] of Object.entries(pages)) writeFileSync(join(folder, file), html)
  return folder
}

describe('the pages’ policy', () => {
  it('names each inline script by its hash, once, and no script that has an address', () => {
    const out = exported({
      'index.html': '<script>a()</script><script src="/b.js" async></script><script id="x">a()</script>',
      'deep/index.html': '<script>\nmore(1 < 2)\n</script>',
    })
    sealPages(out)
    expect(JSON.parse(readFileSync(join(out, 'csp.json'), 'utf8'))).toEqual({
      '/': [hash('a()')],
      '/deep': [hash('\nmore(1 < 2)\n')],
    })
  })

  it.each(['<p style="color:red">', '<style>p{}</style>'])('an inline style fails the build: %s', (html) => {
    expect(() => sealPages(exported({ 'index.html': html }))).toThrow(/inline style/)
  })

  it('are kept by language, apart from what all of them share', () => {
    const pages = {
      'index.html': '<html lang="en" dir="ltr">',
      'ar.html': '<html lang="ar" dir="rtl">',
      'deep/identify.html': '<html lang="ar">',
      'icon.svg': '<svg/>',
    }
    const out = exported(pages)
    expect(siteOf(out, Object.keys(pages))).toEqual({
      shared: ['/icon.svg'],
      pages: { en: ['/'], ar: ['/ar', '/deep/identify'] },
    })
    expect(() => siteOf(exported({ 'index.html': '<html>' }), ['index.html'])).toThrow(/language/)
  })

  it('a page is served at its file’s name without the ending', () => {
    expect(['index.html', 'identify.html', 'a/index.html', 'a/b.html'].map(pathOfPage)).toEqual([
      '/',
      '/identify',
      '/a',
      '/a/b',
    ])
  })
})
