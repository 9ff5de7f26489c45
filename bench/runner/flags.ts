/**
 * What a bench can be told, declared once: parsing, `--help` and the types of what `run` gets come from the same table. A flag is
 * `--name VALUE`; one that is wrong is refused with what would be right.
 */
import { parseArgs } from 'node:util'
import { isRejection, parseOrReject } from '@worldflora/protocol/rejection'
import type * as v from 'valibot'

export type Flag<T> = {
  about: string
  /** What stands after the name in the help; null: nothing does, it is on or off. */
  value: string | null
  /** As it would be typed; null: there is none. */
  fallback: string | null
  isNeeded: boolean
  isRepeatable: boolean
  /** Of all that was given, or the fallback. Throws a FlagError without the flag's name. */
  parse(given: readonly string[]): T
}
export type FlagTable = Record<string, Flag<unknown>>
export type ValuesOf<Table extends FlagTable> = {
  [Name in keyof Table]: Table[Name] extends Flag<infer T> ? T : never
}

/** The message is for whoever typed it. */
export class FlagError extends Error {}

export function parseFlags<Table extends FlagTable>(table: Table, args: readonly string[]): ValuesOf<Table> {
  const given = givenIn(table, args)
  const values = Object.entries(table).map(([name, flag]) => {
    const own = given.get(name) ?? []
    if (own.length === 0 && flag.isNeeded)
      throw new FlagError(`--${name} ${flag.value} is needed: ${flag.about}.`)
    if (own.length > 1 && !flag.isRepeatable) throw new FlagError(`--${name} is given more than once.`)
    try {
      return [name, flag.parse(own.length > 0 || flag.fallback === null ? own : [flag.fallback])]
    } catch (error) {
      throw error instanceof FlagError ? new FlagError(`--${name}: ${error.message}`) : error
    }
  })
  return Object.fromEntries(values) as ValuesOf<Table>
}

function givenIn(table: FlagTable, args: readonly string[]): Map<string, string[]> {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { value }]) => [
      name,
      { type: value === null ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') throw new FlagError(`"${token.value}" belongs to no flag.`)
    const flag = table[token.name]
    if (flag === undefined)
      throw new FlagError(`There is no flag ${token.rawName}. ${thereAre(namesOf(table))}`)
    if (flag.value === null ? token.value !== undefined : token.value === undefined)
      throw new FlagError(
        flag.value === null
          ? `--${token.name} takes no value.`
          : `--${token.name} needs a value: ${flag.value}.`,
      )
    given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? 'on'])
  }
  return given
}

/** A line a flag. */
export function describeFlags(table: FlagTable): string[] {
  const heads = Object.entries(table).map(
    ([name, { value }]) => `--${name}${value === null ? '' : ` ${value}`}`,
  )
  const width = Math.max(...heads.map((head) => head.length))
  return Object.values(table).map(({ about, fallback, isNeeded, isRepeatable }, n) => {
    const notes = [
      ...(isNeeded ? ['needed'] : []),
      ...(isRepeatable ? ['may be given several times'] : []),
      ...(fallback === null ? [] : [`default: ${fallback}`]),
    ]
    return `  ${heads[n]!.padEnd(width)}  ${about}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`
  })
}

export function namesOf(table: FlagTable): string[] {
  return Object.keys(table).map((name) => `--${name}`)
}

const ONE = { isNeeded: false, isRepeatable: false }

/** Any word; null without one. */
export function optional(value: string, about: string): Flag<string | null> {
  return { ...ONE, about, value, fallback: null, parse: ([word]) => word ?? null }
}

export function text(value: string, fallback: string, about: string): Flag<string> {
  return { ...ONE, about, value, fallback, parse: ([word]) => word! }
}

export function needed(value: string, about: string): Flag<string> {
  return { ...ONE, isNeeded: true, about, value, fallback: null, parse: ([word]) => word! }
}

export function neededSeveral(value: string, about: string): Flag<string[]> {
  return { about, value, fallback: null, isNeeded: true, isRepeatable: true, parse: (words) => [...words] }
}

/** On if it is there. */
export function onOff(about: string): Flag<boolean> {
  return { ...ONE, about, value: null, fallback: null, parse: (words) => words.length > 0 }
}

/** A whole number from 1 on. */
export function count(fallback: number, about: string): Flag<number> {
  return { ...ONE, about, value: 'N', fallback: String(fallback), parse: ([word]) => countIn(word!) }
}

export function counts(fallback: readonly number[], about: string): Flag<number[]> {
  const parse = ([word]: readonly string[]) => listIn(word!).map(countIn)
  return { ...ONE, about, value: 'N,N,...', fallback: fallback.join(','), parse }
}

/** A whole number from 1 on, or null without one. */
export function optionalCount(about: string): Flag<number | null> {
  const parse = ([word]: readonly string[]) => (word === undefined ? null : countIn(word))
  return { ...ONE, about, value: 'N', fallback: null, parse }
}

/** A whole number from 0 on. */
export function seed(fallback: number, about: string): Flag<number> {
  const parse = ([word]: readonly string[]) => wholeIn(word!, 0)
  return { ...ONE, about, value: 'N', fallback: String(fallback), parse }
}

export function seeds(fallback: readonly number[], about: string): Flag<number[]> {
  const parse = ([word]: readonly string[]) => listIn(word!).map((each) => wholeIn(each, 0))
  return { ...ONE, about, value: 'N,N,...', fallback: fallback.join(','), parse }
}

export function seconds(fallback: number, about: string): Flag<number> {
  const parse = ([word]: readonly string[]) => {
    const value = numberIn(word!)
    if (value <= 0) throw new FlagError(`${word} has to be above 0.`)
    return value
  }
  return { ...ONE, about, value: 'SECONDS', fallback: String(fallback), parse }
}

/** From 0 to 1. */
export function share(fallback: number, about: string): Flag<number> {
  const parse = ([word]: readonly string[]) => {
    const value = numberIn(word!)
    if (value < 0 || value > 1) throw new FlagError(`${word} is not between 0 and 1.`)
    return value
  }
  return { ...ONE, about, value: 'SHARE', fallback: String(fallback), parse }
}

export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  fallback: Choice,
  about: string,
): Flag<Choice> {
  const parse = ([word]: readonly string[]) => choiceIn(word!, choices)
  return { ...ONE, about, value: choices.join('|'), fallback, parse }
}

/** One or several of them, separated by commas. */
export function someOf<const Choice extends string>(
  choices: readonly Choice[],
  fallback: readonly Choice[],
  about: string,
): Flag<Choice[]> {
  const parse = ([word]: readonly string[]) => listIn(word!).map((each) => choiceIn(each, choices))
  return { ...ONE, about, value: choices.join(','), fallback: fallback.join(','), parse }
}

/** Something that the bench itself reads out of a word. */
export function word<T>(value: string, fallback: string, about: string, read: (word: string) => T): Flag<T> {
  return { ...ONE, about, value, fallback, parse: ([given]) => read(given!) }
}

/** Several of them, separated by commas. */
export function listOf<T>(
  value: string,
  fallback: string,
  about: string,
  read: (word: string) => T,
): Flag<T[]> {
  const parse = ([words]: readonly string[]) => listIn(words!).map(read)
  return { ...ONE, about, value, fallback, parse }
}

/** Fields of a JSON object; none by default. */
export function fields(about: string): Flag<Record<string, unknown>> {
  const parse = ([word]: readonly string[]) => {
    const value = jsonIn(word!)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new FlagError(`${word} is no JSON object.`)
    return value as Record<string, unknown>
  }
  return { ...ONE, about, value: 'JSON', fallback: '{}', parse }
}

/** What was put together from flags, where it must be of a schema. */
export function validIn<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  what: string,
): v.InferOutput<S> {
  const parsed = parseOrReject(schema, value, what)
  if (isRejection(parsed)) throw new FlagError(parsed.message)
  return parsed
}

function jsonIn(word: string): unknown {
  try {
    return JSON.parse(word)
  } catch {
    throw new FlagError(`${word} is no JSON.`)
  }
}

function listIn(words: string): string[] {
  return words.split(',').map((word) => word.trim())
}

function countIn(word: string): number {
  return wholeIn(word, 1)
}

function wholeIn(word: string, least: number): number {
  const value = numberIn(word)
  if (!Number.isSafeInteger(value) || value < least)
    throw new FlagError(`${word} is no whole number from ${least} on.`)
  return value
}

export function numberIn(word: string): number {
  const value = word === '' ? Number.NaN : Number(word)
  if (!Number.isFinite(value)) throw new FlagError(`"${word}" is no number.`)
  return value
}

export function choiceIn<const Choice extends string>(word: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === word)
  if (choice === undefined) throw new FlagError(`there is no "${word}". ${thereAre(choices)}`)
  return choice
}

function thereAre(names: readonly string[]): string {
  return names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`
}
