/** Which files an export is made of, and their common hash: the id of the build. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** Written by builds and tests, or of no influence on the pages. */
const LEFT_OUT = new Set(['node_modules', '.next', 'out', 'assets', 'test', 'next-env.d.ts'])

/** @param {string} web the folder of apps/web */
export function buildOfSources(web) {
  const root = join(web, '../..')
  const files = [join(root, 'package-lock.json'), ...filesIn(web), ...filesIn(join(root, 'packages'))]
  const hash = createHash('sha256')
  for (const file of files.map((path) => relative(root, path).replaceAll('\\', '/')).sort()) {
    const content = createHash('sha256').update(readFileSync(join(root, file)))
    hash.update(`${file} ${content.digest('hex')}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** @returns {string[]} */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name) || /\.(md|tsbuildinfo)$/.test(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return filesIn(path)
    return entry.isFile() ? [path] : []
  })
}
