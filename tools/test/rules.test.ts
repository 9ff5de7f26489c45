/** docs/protocol.md is the numbered list of rules: each has a test whose title carries its id, and no title names one that is not there. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8')

const FOREIGN = new Set(['node_modules', '.next', 'out'])

const ID = /\b[A-Z]{2}\d+\b/g
/** What a runner is given as the name of a test, or of a group of tests. */
const TITLE =
  /\b(?:it|test|describe)(?:\.\w+)*(?:\([^'"`]{0,400}\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g

function rulesOf(document: string): string[] {
  return [...document.matchAll(/^\| ([A-Z]{2}\d+) \|/gm)].map(([, id]) => id!)
}

function rulesInTitles(source: string): Set<string> {
  const titles = [...source.matchAll(TITLE)].map(
    ([, single, double, template]) => single ?? double ?? template ?? '',
  )
  return new Set(titles.flatMap((title) => title.match(ID) ?? []))
}

const sources = ['packages', 'apps', 'e2e', 'tools', 'bench']
  .flatMap((folder) => testsUnder(folder))
  .filter((path) => !path.endsWith('rules.test.ts'))

function testsUnder(folder: string): string[] {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : testsUnder(path)
    return /\/test\/.*\.ts$|\.test\.ts$/.test(path) ? [path] : []
  })
}

describe('the rules of docs/protocol.md', () => {
  const rules = rulesOf(read('docs/protocol.md'))
  const proven = new Map<string, string[]>()
  for (const path of sources) {
    for (const id of rulesInTitles(read(path))) proven.set(id, [...(proven.get(id) ?? []), path])
  }

  it('are numbered once each', () => {
    expect(rules.length).toBeGreaterThan(50)
    expect(rules.filter((id, at) => rules.indexOf(id) !== at)).toEqual([])
  })

  it('have at least one test each', () => {
    expect(rules.filter((id) => !proven.has(id))).toEqual([])
  })

  it('are all that titles name', () => {
    expect([...proven].filter(([id]) => !rules.includes(id))).toEqual([])
  })
})

describe('the check itself', () => {
  it('finds rules in tables, and ids in the titles of tests and groups of tests alone', () => {
    expect(rulesOf('| id | rule |\n|---|---|\n| AB1 | one |\n| AB12 | follows on AB1 |')).toEqual([
      'AB1',
      'AB12',
    ])
    const source = `
      // CD9 in a comment
      it('AB1: one', () => expect('CD8').toBe(AB2))
      it.each([1])('AB3, AB4: %i', () => {})
      describe("AB5", { timeout: 1 }, () => {})
      test(\`AB6: \${1}\`, () => {})`
    expect([...rulesInTitles(source)].sort()).toEqual(['AB1', 'AB3', 'AB4', 'AB5', 'AB6'])
  })
})
