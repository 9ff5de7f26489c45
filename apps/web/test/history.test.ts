/** What is kept of a plant on a device, and how it leaves it as a file. */
import { describe, expect, it } from 'vitest'
import type { Answer } from '../src/identify/answer.ts'
import type { Said } from '../src/identify/feedback/said.ts'
import { CSV_HEAD, csvRowOf } from '../src/identify/history/export-csv.ts'
import { JSON_BETWEEN, JSON_END, jsonHead, jsonOf } from '../src/identify/history/export-json.ts'
import { parseSheet, type Sheet, type SheetId, titleOf } from '../src/identify/history/sheet.ts'
import { sheetOf } from '../src/identify/history/sheet-of-answer.ts'

const id = '0123456789abcdef0123456789abcdef' as SheetId
const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 200, 0])
const daisy = {
  id: 'bellis-perennis',
  scientificName: 'Bellis perennis L.',
  family: 'Asteraceae',
  gbifId: '3117424',
  commonName: 'Daisy',
  commonNames: { fr: ['Pâquerette'] },
}
const answer: Answer = {
  candidates: [
    { species: daisy, score: 1 },
    { species: { id: 'other', scientificName: 'Leucanthemum vulgare' }, score: 0.0312 },
  ],
  kin: null,
  shortlist: null,
  organs: ['leaf'],
  isPlant: null,
  milliseconds: 12,
}

function kept(change: Partial<Answer> = {}, language = 'fr', said: Said | null = null): Sheet {
  return sheetOf({
    plant: { id, begunAtMs: Date.UTC(2026, 4, 1, 9, 30) },
    answer: { ...answer, ...change },
    photos: [
      { jpeg, organ: 'flower' },
      { jpeg: null, organ: null },
    ],
    model: { id: 'model-1', flora: 'meadow' },
    said,
    language,
    nowMs: Date.UTC(2026, 4, 1, 9, 31),
  })
}

/** A reader of RFC 4180, written apart from the writer. */
function rowsOf(csv: string): string[][] {
  const rows: string[][] = [[]]
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'))
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}

describe('a sheet', () => {
  it('has the names as they were shown, and what the answer said', () => {
    const sheet = kept()
    expect(sheet.candidates[0]).toEqual({
      id: 'bellis-perennis',
      scientificName: 'Bellis perennis L.',
      family: 'Asteraceae',
      gbifId: '3117424',
      commonName: 'Pâquerette',
      score: 1,
    })
    expect(sheet.verdict).toEqual({ kind: 'species' })
    expect(titleOf(sheet)?.commonName).toBe('Pâquerette')
    expect(kept({}, 'de').candidates[0]!.commonName).toBe('Daisy')
  })

  it('says that no plant was found, or none that is known, and then has no name', () => {
    expect(kept({ isPlant: false }).verdict).toEqual({ kind: 'no-plant' })
    const unsure = kept({ candidates: [{ species: daisy, score: 0.1 }] })
    expect(unsure.verdict).toEqual({ kind: 'unknown' })
    expect(titleOf(unsure)).toBeNull()
  })

  it('is called by the genus or family where that alone is sure, and by the best of a few', () => {
    const kin = kept({ kin: { rank: 'family', name: 'Asteraceae', score: 0.9 } })
    expect(titleOf(kin)).toEqual({ rank: 'family', scientificName: 'Asteraceae', score: 0.9 })
    expect(parseSheet(kin)).toEqual(kin)
    const few = kept({ shortlist: 2 })
    expect(few.verdict).toEqual({ kind: 'shortlist', species: 2 })
    expect(titleOf(few)).toMatchObject({ rank: 'species', commonName: 'Pâquerette' })
    expect(parseSheet(few)).toEqual(few)
  })

  it('HI3: is read as it was kept; one without organs, from before there were any, too', () => {
    const sheet = kept()
    expect(parseSheet(structuredClone(sheet))).toEqual(sheet)
    const older = { ...sheet, photos: [{ jpeg }] }
    expect(parseSheet(older)?.photos).toEqual([{ jpeg, organ: null }])
  })

  it('HI1, PL3: says which list an answer was kept to, and that a place weighed it, never which place', () => {
    const sheet = kept({
      narrowed: { checklist: { name: 'alps', species: 2, share: 0.4 }, place: { isKnown: true } },
    })
    expect(sheet.narrowed).toEqual({ checklist: 'alps', place: true })
    expect(parseSheet(structuredClone(sheet))).toEqual(sheet)
    const [row] = rowsOf(csvRowOf(sheet))
    expect(row!.slice(-2)).toEqual(['alps', 'yes'])
    const { narrowed: _, ...older } = kept()
    expect(parseSheet(older)?.narrowed).toBeNull()
    expect(rowsOf(csvRowOf(kept()))[0]!.slice(-2)).toEqual(['', ''])
  })

  it('FB1: keeps what was said of it with the names of that day; one of before that could be said is read as saying nothing', () => {
    const said = kept({}, 'fr', { kind: 'species', species: daisy })
    expect(said.said).toEqual({
      kind: 'species',
      id: 'bellis-perennis',
      scientificName: 'Bellis perennis L.',
      commonName: 'Pâquerette',
    })
    expect(parseSheet(structuredClone(said))).toEqual(said)
    expect(parseSheet(kept({}, 'fr', { kind: 'none' }))?.said).toEqual({ kind: 'none' })
    const { said: _, ...older } = kept()
    expect(parseSheet(older)?.said).toBeNull()
    expect(parseSheet({ ...older, said: { kind: 'guess' } })).toBeNull()
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'sheet'],
    ['no id', { ...kept(), id: undefined }],
    ['a time that is none', { ...kept(), begunAtMs: Number.NaN }],
    ['a score above 1', { ...kept(), candidates: [{ ...kept().candidates[0], score: 7 }] }],
    ['no candidate', { ...kept(), candidates: [] }],
    ['an unknown verdict', { ...kept(), verdict: { kind: 'mushroom' } }],
    ['a thumbnail that is no JPEG', { ...kept(), photos: [{ jpeg: new Uint8Array([60, 115, 118, 103]) }] }],
    ['a thumbnail as text', { ...kept(), photos: [{ jpeg: 'ÿØ' }] }],
  ])('HI3: a damaged record is no sheet: %s', (_, record) => {
    expect(parseSheet(record)).toBeNull()
  })
})

describe('the table', () => {
  it('HI4: has a mark of UTF-8, a head, and one row a sheet as wide as the head', () => {
    const csv = CSV_HEAD + csvRowOf(kept()) + csvRowOf(kept({ isPlant: false }))
    expect(csv.startsWith('\ufeffnamed_at,')).toBe(true)
    const [head, first, second, ...rest] = rowsOf(csv.slice(1))
    expect(rest).toEqual([])
    expect([first!.length, second!.length]).toEqual([head!.length, head!.length])
    const cell = (row: string[], name: string) => row[head!.indexOf(name)]
    expect(cell(first!, 'named_at')).toBe('2026-05-01T09:30:00.000Z')
    expect(cell(first!, 'common_name')).toBe('Pâquerette')
    expect(cell(first!, 'score')).toBe('1.0000')
    expect(cell(first!, 'photos')).toBe('2')
    expect(cell(first!, 'organs')).toBe('flower')
    expect(cell(first!, 'candidate_2_scientific_name')).toBe('Leucanthemum vulgare')
    expect(cell(second!, 'verdict')).toBe('no-plant')
    expect(cell(second!, 'scientific_name')).toBe('')
  })

  it('FB1: has what was said in columns behind the first, and later ones behind those, so that all stand where they were', () => {
    const rows = [
      kept(),
      kept({}, 'fr', { kind: 'none' }),
      kept({}, 'fr', { kind: 'species', species: daisy }),
    ]
    const [head, ...table] = rowsOf((CSV_HEAD + rows.map(csvRowOf).join('')).slice(1))
    expect(head!.slice(-5, -2)).toEqual(['said', 'said_common_name', 'said_scientific_name'])
    expect(head!.slice(-2)).toEqual(['checklist', 'weighed_by_place'])
    expect(table.map((row) => row.slice(-5, -2))).toEqual([
      ['', '', ''],
      ['none', '', ''],
      ['species', 'Pâquerette', 'Bellis perennis L.'],
    ])
    expect(JSON.parse(jsonOf(rows[2]!)).said).toMatchObject({ kind: 'species', commonName: 'Pâquerette' })
  })

  it.each([
    ['=HYPERLINK("http://a.example","x")', '\'=HYPERLINK("http://a.example","x")'],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['x;=1+1;y', "x;'=1+1;y"],
    ['a, "b"\r\nc', 'a, "b"\r\nc'],
    ['two\nlines', 'two\nlines'],
    [' spaced ', ' spaced '],
    ['Gänseblümchen', 'Gänseblümchen'],
  ])('HI4: a name comes back as it was, or harmless if a spreadsheet would compute it: %j', (name, read) => {
    const csv = csvRowOf(
      kept({ candidates: [{ species: { ...daisy, commonNames: { fr: [name] } }, score: 0.9 }] }),
    )
    expect(rowsOf(csv)).toHaveLength(1)
    expect(rowsOf(csv)[0]![3]).toBe(read)
  })
})

describe('the JSON document', () => {
  it('HI4: has everything, thumbnails as data URLs', () => {
    const sheets = [kept(), kept({ isPlant: false })]
    const text = jsonHead(Date.UTC(2026, 4, 2)) + sheets.map(jsonOf).join(JSON_BETWEEN) + JSON_END
    const document = JSON.parse(text)
    expect(document).toMatchObject({
      format: 'worldflora-history',
      version: 1,
      exportedAt: '2026-05-02T00:00:00.000Z',
    })
    const [first, second] = document.sheets
    expect(first.begunAt).toBe('2026-05-01T09:30:00.000Z')
    expect(first.candidates).toEqual(sheets[0]!.candidates)
    expect(second.verdict).toEqual({ kind: 'no-plant' })
    const [head, base64] = first.photos[0].thumbnail.split(',')
    expect(head).toBe('data:image/jpeg;base64')
    expect(new Uint8Array(Buffer.from(base64, 'base64'))).toEqual(jpeg)
    expect(first.photos[1]).toEqual({ organ: null, thumbnail: null })
  })

  it('HI4: is whole without a sheet', () => {
    expect(JSON.parse(jsonHead(0) + JSON_END).sheets).toEqual([])
  })
})
