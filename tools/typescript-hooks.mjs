/**
 * Types taken out of this repository's own files, and nothing else: its imports name files as they are, so Node resolves them, and
 * packages are loaded untouched. What was compiled is kept by its content, and never stale. (tsx, which maps paths and reads every
 * package's files too, costs each thread a second of CPU more at its start.)
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'

const require = createRequire(import.meta.url)
const CACHE = fileURLToPath(new URL('../node_modules/.cache/worldflora-typescript/', import.meta.url))
const OPTIONS = {
  loader: 'ts',
  target: 'node20.9',
  sourcemap: 'inline',
  sourcesContent: false,
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
}
const COMPILER = JSON.stringify([require('esbuild/package.json').version, OPTIONS])

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  return { format: 'module', source: await compiled(fileURLToPath(url)), shortCircuit: true }
}

/** @param {string} file */
async function compiled(file) {
  const text = readFileSync(file, 'utf8')
  const kept = `${CACHE}${createHash('sha256').update(`${COMPILER}\n${file}\n${text}`).digest('hex')}.mjs`
  try {
    return readFileSync(kept, 'utf8')
  } catch {
    const { code } = await require('esbuild').transform(text, { ...OPTIONS, sourcefile: file })
    keep(kept, code)
    return code
  }
}

/** Whole or not at all; where nothing can be written, the next start compiles again. */
function keep(path, code) {
  try {
    mkdirSync(CACHE, { recursive: true })
    const aside = `${path}.${process.pid}-${threadId}`
    writeFileSync(aside, code)
    renameSync(aside, path)
  } catch {}
}
