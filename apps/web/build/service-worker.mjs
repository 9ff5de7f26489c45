/** Writes sw.js: the list of what the site is made of, then the worker’s source as it is. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { filesOf, pathOfPage } from './exported-files.mjs'

/** Pages that only answer for others, and Next's payloads for navigation without loading, which the site does not use. */
const LEFT_OUT = /^(_not-found|_global-error)|(^|\/)404\.html$|\.(txt|map|json)$/

/**
 * @param {string} web the folder of apps/web
 * @param {string} build
 */
export function writeServiceWorker(web, build) {
  const out = `${web}out`
  const files = filesOf(out).filter((file) => !LEFT_OUT.test(file))
  const site = { build, ...siteOf(out, files) }
  const source = readFileSync(new URL('./service-worker/sw.js', import.meta.url), 'utf8')
  writeFileSync(`${out}/sw.js`, `const SITE = ${JSON.stringify(site)}\n${source}`)
  return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(`${out}/${file}`).size, 0) }
}

/**
 * The pages by their language (`lang` of their <html>), and the files that all of them share.
 * @param {string} out
 * @param {string[]} files
 */
export function siteOf(out, files) {
  /** @type {Record<string, string[]>} */
  const pages = {}
  const shared = []
  for (const file of files) {
    if (!file.endsWith('.html')) {
      shared.push(`/${file}`)
      continue
    }
    const language = /<html[^>]*\slang="([^"]+)"/.exec(readFileSync(`${out}/${file}`, 'utf8'))?.[1]
    if (language === undefined) throw new Error(`${file} does not say its language.`)
    pages[language] = [...(pages[language] ?? []), pathOfPage(file)]
  }
  return { shared, pages }
}
