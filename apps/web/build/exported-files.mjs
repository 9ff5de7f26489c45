/** The files of an export, and the paths that pages are served at. */
import { readdirSync } from 'node:fs'

/**
 * All files below, as sorted paths with slashes.
 * @param {string} out
 */
export function filesOf(out) {
  return readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(out.length + 1).replaceAll('\\', '/'))
    .sort()
}

/**
 * identify.html is served at /identify, index.html at /.
 * @param {string} file
 */
export function pathOfPage(file) {
  return `/${file.replace(/\.html$/, '').replace(/(^|\/)index$/, '')}`
}
