/** Writes sw.js: the list of what the site is made of, then the worker’s source as it is. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { filesOf, pathOfPage } from './exported-files.mjs'

/** Pages that only answer for others, and Next's payloads for navigation without loading, which the site does not use. */
const LEFT_OUT = /^(404|_not-found|_global-error)|\.(txt|map|json)$/

/**
 * @param {string} web the folder of apps/web
 * @param {string} build
 */
export function writeServiceWorker(web, build) {
  const out = `${web}out`
  const files = filesOf(out).filter((file) => !LEFT_OUT.test(file))
  const paths = files.map((file) => (file.endsWith('.html') ? pathOfPage(file) : `/${file}`))
  const source = readFileSync(new URL('./service-worker/sw.js', import.meta.url), 'utf8')
  writeFileSync(`${out}/sw.js`, `const SITE = ${JSON.stringify({ build, paths })}\n${source}`)
  return { files: files.length, bytes: files.reduce((sum, file) => sum + statSync(`${out}/${file}`).size, 0) }
}
