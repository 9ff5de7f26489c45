/**
 * What a strict content security policy needs to know of each page: the hashes of its inline scripts, by the page's path,
 * in csp.json. Inline styles have no place under `style-src 'self'`: one in a page fails the build.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { filesOf, pathOfPage } from './exported-files.mjs'

const INLINE_SCRIPT = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g
const INLINE_STYLE = /<style[\s>]|<[^>]*\sstyle="/

/** @param {string} out the folder of the export */
export function sealPages(out) {
  const pages = filesOf(out).filter((file) => file.endsWith('.html'))
  const hashes = pages.map((file) => {
    const html = readFileSync(`${out}/${file}`, 'utf8')
    const markup = html.replace(INLINE_SCRIPT, '')
    if (INLINE_STYLE.test(markup)) throw new Error(`${file} has an inline style, which its policy forbids.`)
    return [pathOfPage(file), inlineScriptHashes(html)]
  })
  writeFileSync(`${out}/csp.json`, `${JSON.stringify(Object.fromEntries(hashes), null, 1)}\n`)
}

/** @param {string} html */
export function inlineScriptHashes(html) {
  const hashes = [...html.matchAll(INLINE_SCRIPT)].map(
    ([, script]) => `sha256-${createHash('sha256').update(script).digest('base64')}`,
  )
  return [...new Set(hashes)]
}
