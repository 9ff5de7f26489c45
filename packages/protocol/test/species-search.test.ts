import { describe, expect, it } from 'vitest'
import type { Species } from '../src/species.ts'
import { foldedName, SpeciesSearch } from '../src/species-search.ts'

const flora: Species[] = [
  {
    id: 'bellis',
    scientificName: 'Bellis perennis L.',
    commonName: 'Daisy',
    commonNames: {
      fr: ['Pâquerette'],
      de: ['Gänseblümchen', 'Maßliebchen'],
      pl: ['Stokrotka łąkowa'],
      ja: ['ヒナギク'],
    },
    synonyms: ['Aster bellis'],
  },
  {
    id: 'leucanthemum',
    scientificName: 'Leucanthemum vulgare',
    commonName: 'Ox-eye daisy',
    commonNames: { zh: ['滨菊'] },
  },
  { id: 'mentha', scientificName: 'Mentha ×piperita', commonName: 'Peppermint' },
]
const search = new SpeciesSearch(flora)
const idsOf = (text: string, most = 9) => search.find(text, most).species.map(({ id }) => id)

describe('FB1: a species is found', () => {
  it.each<[string, string[]]>([
    ['bel per', ['bellis']],
    ['PERENNIS', ['bellis']],
    ['paquer', ['bellis']],
    ['ganseblu', ['bellis']],
    ['massliebchen', ['bellis']],
    ['stokrotka lakowa', ['bellis']],
    ['ナギク', ['bellis']],
    ['菊', ['leucanthemum']],
    ['aster', ['bellis']],
    ['x-eye', []],
    ['piperita', ['mentha']],
    ['mentha x', []],
    ['oak', []],
    ['  ', []],
  ])('by %s', (text, ids) => expect(idsOf(text)).toEqual(ids))

  it('first whose name begins as it was typed; no more than asked for, and whether there are others', () => {
    expect(idsOf('daisy')).toEqual(['bellis', 'leucanthemum'])
    expect(search.find('daisy', 1)).toEqual({ species: [flora[0]], isMore: true })
    expect(search.find('daisy', 2).isMore).toBe(false)
  })

  it('among 300,000, whose names are folded in portions, and the list stays short', () => {
    const large = Array.from(
      { length: 300_000 },
      (_, i): Species => ({ id: `s${i}`, scientificName: `Genus species-${i}` }),
    )
    const own = new SpeciesSearch(large)
    let portions = 1
    while (!own.prepare(5000)) portions++
    expect(portions).toBe(60)
    expect(own.find('species 299999', 12).species.map(({ id }) => id)).toEqual(['s299999'])
    const all = own.find('genus', 12)
    expect([all.species.length, all.isMore]).toEqual([12, true])
  })

  it('whatever the accents, letters and marks of a name', () => {
    expect(foldedName('  Łąka – Straße (Ørsted) ')).toBe('laka strasse orsted')
  })
})
