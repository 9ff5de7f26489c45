/** Which files of the folder are to be photos, and what is said of each: by the table where there is one, else by its path. */
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Split } from '@worldflora/protocol/evaluation'
import { isPoint, type Point } from '@worldflora/protocol/places'
import type { Skipped } from '../imported-flora.ts'
import { parseSplit, prettifyFolderName, readLayout } from './folder-layout.ts'
import type { FoundFile } from './folder-walk.ts'
import { namesIn, type TableRow } from './label-table.ts'

/** Empty is what nobody has said. */
export type SaidSpecies = {
  id: string
  scientificName: string
  authorship: string
  genus: string
  family: string
  commonName: string
  commonNames: { [language: string]: string[] }
  synonyms: string[]
  gbifId: string
  powoId: string
  iucnCategory: string
  checklists: string[]
}

/** Empty strings are what nobody has said. */
export type Candidate = {
  file: FoundFile
  species: SaidSpecies
  observation: string
  organ: string
  license: string
  author: string
  /** The label is known to be right. */
  trusted: boolean
  /** Where the plant stood; of a flora only squares are kept. `unreadable`: something else was said. */
  place: Point | 'unreadable' | null
  split: Split | null
}

export type Candidates = { candidates: Candidate[]; skipped: Skipped[] }

const MAX_SPECIES_ID = 200

const UNSAID: Omit<SaidSpecies, 'id' | 'scientificName'> = {
  authorship: '',
  genus: '',
  family: '',
  commonName: '',
  commonNames: {},
  synonyms: [],
  gbifId: '',
  powoId: '',
  iucnCategory: '',
  checklists: [],
}

const UNTOLD = { observation: '', organ: '', license: '', author: '', trusted: false, place: null }

export function candidatesByPath(files: FoundFile[]): Candidates {
  const placeOf = readLayout(files.map((file) => file.path))
  const found: Candidates = { candidates: [], skipped: [] }
  for (const file of files) {
    const place = placeOf(file.path)
    if (/\.[ct]sv$/i.test(file.path)) {
      found.skipped.push({ path: file.path, reason: 'a table; name it with --csv to have it used' })
    } else if (typeof place === 'string') {
      found.skipped.push({ path: file.path, reason: place })
    } else {
      const names = { ...UNSAID, scientificName: prettifyFolderName(place.species) }
      const species = { id: place.species, ...names }
      found.candidates.push({ ...UNTOLD, file, species, split: place.split })
    }
  }
  return found
}

export type Table = { csv: string; rows: TableRow[] }

/** A row's image is a path relative to the folder, or to the table's own folder. */
export function candidatesByTable(files: FoundFile[], folder: string, table: Table): Candidates {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const placeOf = readLayout(files.map((file) => file.path))
  const named = new Set<string>()
  const found: Candidates = { candidates: [], skipped: [] }
  for (const row of table.rows) {
    const paths = pathsInFolder(row.image, folder, table.csv)
    const file = paths.map((path) => byPath.get(path)).find((one) => one !== undefined)
    const skip = (reason: string) =>
      found.skipped.push({ path: row.image, reason: `${reason} (line ${row.line} of the table)` })
    if (file && named.has(file.path)) {
      skip('named a second time')
      continue
    }
    if (file) named.add(file.path)
    const split = parseSplit(row.split)
    if (row.image === '') skip('names no image')
    else if (paths.length === 0) skip('leads outside the folder')
    else if (!file) skip('there is no such file')
    else if (row.species === '') skip('names no species')
    else if (row.species.length > MAX_SPECIES_ID) skip(`its species has more than ${MAX_SPECIES_ID} letters`)
    else if (split === 'invalid') skip(`its split "${row.split}" is not train, val or test`)
    else if (trustIn(row) === 'invalid') skip(`its trusted "${row.trusted}" is not yes or no`)
    else found.candidates.push(candidateOfRow(file, row, split ?? splitOf(placeOf(file.path))))
  }
  for (const { path } of files) {
    if (!named.has(path)) found.skipped.push({ path, reason: 'the table does not name it' })
  }
  return found
}

function candidateOfRow(file: FoundFile, row: TableRow, split: Split | null): Candidate {
  const { observation, organ, license, author } = row
  const names = {
    scientificName: row.scientificName || prettifyFolderName(row.species),
    authorship: row.authorship,
    genus: row.genus,
    family: row.family,
    commonName: row.commonName,
    commonNames: Object.fromEntries(
      Object.entries(row.commonNames).map(([language, field]) => [language, namesIn(field)]),
    ),
    synonyms: namesIn(row.synonyms),
    gbifId: row.gbifId,
    powoId: row.powoId,
    iucnCategory: row.iucnCategory,
    checklists: namesIn(row.checklists),
  }
  const trusted = trustIn(row) === true
  const species = { id: row.species, ...names }
  return { file, species, observation, organ, license, author, trusted, place: placeIn(row), split }
}

/** In degrees; some spreadsheets write a comma for the point. */
function placeIn({ latitude, longitude }: TableRow): Point | 'unreadable' | null {
  if (latitude === '' && longitude === '') return null
  const [north, east] = [latitude, longitude].map((field) =>
    /^[+-]?\d+([.,]\d+)?$/.test(field) ? Number(field.replace(',', '.')) : Number.NaN,
  ) as [number, number]
  const point = { latitude: north, longitude: east }
  return isPoint(point) ? point : 'unreadable'
}

/** Nothing said is no. */
function trustIn({ trusted }: TableRow): boolean | 'invalid' {
  if (/^(yes|true|1)$/i.test(trusted)) return true
  return /^(no|false|0)?$/i.test(trusted) ? false : 'invalid'
}

function splitOf(place: ReturnType<ReturnType<typeof readLayout>>): Split | null {
  return typeof place === 'string' ? null : place.split
}

function pathsInFolder(image: string, folder: string, csv: string): string[] {
  const portable = image.replaceAll('\\', '/').normalize('NFC')
  return [resolve(folder, portable), resolve(dirname(csv), portable)]
    .filter((place) => place.startsWith(join(resolve(folder), sep)))
    .map((place) => relative(resolve(folder), place).split(sep).join('/'))
}
