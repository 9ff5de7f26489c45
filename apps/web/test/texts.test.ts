/** The texts of the public pages: the same in every language, all of them used, and none outside of messages/. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createTranslator } from 'use-intl/core'
import { describe, expect, it } from 'vitest'
import { entryOf, LANGUAGES } from '../src/languages/languages.ts'
import { faultsOf, flat, readTexts, shapeOf } from './texts/messages.ts'
import { literalTexts, matches, usesOf } from './texts/source.ts'

const src = fileURLToPath(new URL('../src', import.meta.url))
/** The operator's dashboard is in English; words/ is what it says; a Rejection's own words are translated by code; languages.ts has their own names. */
const IN_ENGLISH = /^(dashboard|words|coordinator)\/|\/dashboard\/|^languages\/languages\.ts$|\.d\.ts$/

const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\.tsx?$/.test(file) && !IN_ENGLISH.test(file))
  .map((file) => ({ file, source: readFileSync(join(src, file), 'utf8') }))

const texts = readTexts()
const english = texts.get('en')!

describe('the texts', () => {
  it('are there in eleven languages, one of them right to left', () => {
    expect(texts.size).toBe(11)
    expect(LANGUAGES.filter(({ dir }) => dir === 'rtl').map(({ code }) => code)).toEqual(['ar'])
  })

  it.each([...texts.keys()])('of %s: none missing or superfluous, placeholders and plurals agree', (code) => {
    expect(faultsOf(code, texts.get(code)!, english)).toEqual([])
  })

  it('are all used, with the values they take, and those that are used are all there', () => {
    const used = new Set<string>()
    const faults: string[] = []
    for (const { file, source } of sources) {
      for (const use of usesOf(source)) {
        const meant = matches(use, english.keys())
        if (meant.length === 0) faults.push(`${file}:${use.line} asks for ${use.key}, which is no text`)
        for (const key of meant) {
          used.add(key)
          const takes = [...shapeOf(english.get(key)!).placeholders].sort().join()
          if (use.values !== null && use.values.sort().join() !== takes)
            faults.push(`${file}:${use.line} gives ${key} ${use.values}; it takes ${takes}`)
        }
      }
    }
    const unused = [...english.keys()].filter((key) => !used.has(key)).map((key) => `${key} is used nowhere`)
    expect([...faults, ...unused]).toEqual([])
  })

  it('are the only ones: no file of the translated pages holds literal text', () => {
    expect(sources.length).toBeGreaterThan(50)
    const found = sources.flatMap(({ file, source }) => literalTexts(source).map((text) => `${file}:${text}`))
    expect(found).toEqual([])
  })

  it('can be said with any count in every language', () => {
    for (const { code } of LANGUAGES) {
      const messages = JSON.parse(readFileSync(new URL(`../messages/${code}.json`, import.meta.url), 'utf8'))
      const t = createTranslator({
        locale: entryOf(code).locale,
        messages,
        onError: (error) => {
          throw error
        },
      })
      for (const [key, text] of texts.get(code)!) {
        const { placeholders, plurals } = shapeOf(text)
        if (plurals.length === 0) continue
        for (const count of [0, 1, 2, 3, 5, 11, 21, 22, 100, 102, 1.5, 1_000_000]) {
          const values = Object.fromEntries([...placeholders].map((name) => [name, count]))
          expect(t(key as never, values as never)).not.toMatch(/[{}]|undefined/)
        }
      }
    }
  })
})

describe('a planted violation is found:', () => {
  const planted = {
    home: {
      title: 'Home',
      photos: '{n, plural, one {# photo} other {# photos}} by {who}',
      gpu: '{g, select, none {a} other {b}}',
    },
  }
  const whole = {
    home: {
      title: 'Start',
      photos: '{n, plural, one {# zdjęcie} few {# zdjęcia} many {# zdjęć} other {# zdjęcia}}, {who}',
      gpu: '{g, select, none {a} other {b}}',
    },
  }
  const faults = (change: object) =>
    faultsOf('pl', flat({ home: { ...whole.home, ...change } }), flat(planted)).map((fault) => fault.slice(3))

  it.each([
    ['none', {}, []],
    ['a missing text', { title: {} }, ['home.title: is missing']],
    ['a superfluous text', { other: 'x' }, ['home.other: is superfluous']],
    ['an empty text', { title: ' ' }, ['home.title: is empty']],
    ['an escaped placeholder', { title: "l'a" }, ['home.title: has a straight apostrophe']],
    [
      'another placeholder',
      { photos: whole.home.photos.replace('{who}', '{whom}') },
      ['home.photos: has n,whom where English has n,who'],
    ],
    [
      'plurals as English has them',
      { photos: planted.home.photos },
      ['home.photos: counts by one,other; its language by few,many,one,other'],
    ],
    [
      'other cases of a choice',
      { gpu: '{g, select, nic {a} other {b}}' },
      ['home.gpu: chooses g by nic,other'],
    ],
  ])('%s', (_, change, expected) => expect(faults(change)).toEqual(expected))

  it.each([
    'const a = <p>Hello</p>',
    "const a = <p>{on ? 'yes' : t('no')}</p>",
    'const a = <img alt="oak" />',
    "const a = <Notice title={on ? t('a') : 'nothing'} />",
    "export const words = (n: number) => (n > 1 ? 'many photos' : t('one'))",
    'const a = `Opening $' + '{n}`',
  ])('literal text: %s', (source) => expect(literalTexts(source)).toHaveLength(1))

  it.each([
    "'use client'\nimport a from 'some where'",
    "type A = 'Very likely' | 'not at all'",
    "const a = <p className={b + ' wide'} lang=\"la\">{t('title')}</p>",
    "const a = reject('no-photo', 'This is no photo.', 'Choose another.')",
    "throw new Error('open comes first')",
    'const a = <path d="M3 4l9 9m0 9z" />',
  ])('and what is no text is none: %s', (source) => expect(literalTexts(source)).toEqual([]))

  it('a text that is asked for in vain, or with other values', () => {
    const uses = usesOf(
      "const t = useTexts('home'); t('photos', { n, who }); t(on ? 'a' : 'title'); t(`gpu.$" + '{x}`)',
    )
    expect(uses.map(({ key, values }) => [key, values])).toEqual([
      ['photos', ['n', 'who']],
      ['a', []],
      ['title', []],
      ['gpu.*', []],
    ])
    const keys = [...flat(planted).keys()]
    expect(uses.map((use) => matches(use, keys).length)).toEqual([1, 0, 1, 0])
    expect(() => usesOf("const t = useTexts('home'); t(key)")).toThrow(/no literal/)
  })
})
