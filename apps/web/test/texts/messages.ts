/** The texts of all languages as flat lists, and in what they differ from the English ones. */
import { readdirSync, readFileSync } from 'node:fs'
import compile from 'icu-minify/compile'
import { entryOf, isLanguage, LANGUAGES, type Language } from '../../src/languages/languages.ts'

/** By dotted key: `identify.sureness.likely`. */
export type FlatTexts = Map<string, string>

const folder = new URL('../../messages/', import.meta.url)

export function readTexts(): Map<Language, FlatTexts> {
  const codes = readdirSync(folder).map((file) => file.replace(/\.json$/, ''))
  const strangers = codes.filter((code) => !isLanguage(code))
  if (strangers.length > 0) throw new Error(`messages/ of no language: ${strangers}`)
  return new Map(
    LANGUAGES.map(({ code }) => [
      code,
      flat(JSON.parse(readFileSync(new URL(`${code}.json`, folder), 'utf8'))),
    ]),
  )
}

export function flat(texts: object, path = ''): FlatTexts {
  const all: FlatTexts = new Map()
  for (const [key, text] of Object.entries(texts)) {
    if (typeof text === 'string') all.set(path + key, text)
    else for (const [inner, words] of flat(text, `${path}${key}.`)) all.set(inner, words)
  }
  return all
}

/** What a text takes: its arguments and tags, the categories of each plural, the cases of each choice. */
export type Shape = {
  placeholders: Set<string>
  plurals: string[][]
  choices: Map<string, string[]>
}

const SELECT = 1
const PLURALS = [2, 3]

export function shapeOf(text: string): Shape {
  const shape: Shape = { placeholders: new Set(), plurals: [], choices: new Map() }
  visit(compile(text), shape)
  return shape
}

function visit(node: unknown, shape: Shape): void {
  if (!Array.isArray(node)) return
  for (const part of node) if (Array.isArray(part)) visitPart(part, shape)
}

/** An argument, `[name, type, cases]`, or a tag, `[name, ...children]`. */
function visitPart(part: unknown[], shape: Shape): void {
  const [name, type, cases] = part
  shape.placeholders.add(String(name))
  if (type === SELECT || PLURALS.includes(type as number)) {
    const options = cases as Record<string, unknown>
    const names = Object.keys(options)
      .filter((option) => !option.startsWith('='))
      .sort()
    if (type === SELECT) shape.choices.set(String(name), names)
    else shape.plurals.push(names)
    for (const option of Object.values(options)) visit(option, shape)
  } else if (typeof type !== 'number' || type === 0) visit(part.slice(1), shape)
}

/** One line each; none if `texts` says all that `english` says, in the way its language counts. */
export function faultsOf(language: Language, texts: FlatTexts, english: FlatTexts): string[] {
  const faults: string[] = []
  const fault = (key: string, what: string) => faults.push(`${language} ${key}: ${what}`)
  const categories = new Intl.PluralRules(entryOf(language).locale).resolvedOptions().pluralCategories.sort()
  for (const key of english.keys()) if (!texts.has(key)) fault(key, 'is missing')
  for (const [key, text] of texts) {
    const original = english.get(key)
    if (original === undefined) {
      fault(key, 'is superfluous')
      continue
    }
    if (text.trim() === '') fault(key, 'is empty')
    // ICU takes it for the sign that what follows is no placeholder.
    if (text.includes("'")) fault(key, 'has a straight apostrophe')
    // In French a line does not begin with such a sign.
    if (language === 'fr' && / [;:?!»]|« /.test(text)) fault(key, 'has a space that may break before a sign')
    const [shape, expected] = [shapeOf(text), shapeOf(original)]
    if (!same([...shape.placeholders].sort(), [...expected.placeholders].sort()))
      fault(key, `has ${[...shape.placeholders]} where English has ${[...expected.placeholders]}`)
    for (const plural of shape.plurals)
      if (!same(plural, categories)) fault(key, `counts by ${plural}; its language by ${categories}`)
    for (const [name, cases] of shape.choices)
      if (!same(cases, expected.choices.get(name) ?? [])) fault(key, `chooses ${name} by ${cases}`)
  }
  return faults
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join() === b.join()
}
