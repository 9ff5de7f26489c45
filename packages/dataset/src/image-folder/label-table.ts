/**
 * The CSV that says what is on the photos. Columns: image, species, scientificName, authorship, genus, family, commonName (and
 * commonName.fr and the like), synonyms, gbifId, powoId, iucnCategory, checklists, observation, organ, latitude, longitude, split,
 * license, author, trusted; only image and species are needed, others are ignored. Comma, semicolon or tab; several names in one field are
 * parted by |. An apostrophe that keeps a spreadsheet from computing a field is no part of it.
 */
import { readFile } from 'node:fs/promises'
import { withoutGuard } from '@worldflora/protocol/csv-row'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import { parse } from 'csv-parse/sync'

const COLUMNS = [
  'image',
  'species',
  'scientificName',
  'genus',
  'family',
  'commonName',
  'authorship',
  'gbifId',
  'powoId',
  'iucnCategory',
  'synonyms',
  'checklists',
  'observation',
  'organ',
  'latitude',
  'longitude',
  'split',
  'license',
  'author',
  'trusted',
] as const
type Column = (typeof COLUMNS)[number]

/** Names that other tables have for the same (PlantCLEF, Darwin Core). */
const OTHER_NAMES: { [header: string]: Column } = {
  gbif_species_id: 'gbifId',
  scientificnameauthorship: 'authorship',
  floras: 'checklists',
  decimallatitude: 'latitude',
  decimallongitude: 'longitude',
}

/** Of names in one language: `commonName.fr`. */
const COMMON_NAME_IN = /^commonname\.(?=[a-z]{2,3}(?:-[a-z0-9]{1,8})*$)/

/** One row; a column that is absent is the empty string. */
export type TableRow = Record<Column, string> & {
  line: number
  /** By language, as they stand in the table. */
  commonNames: { [language: string]: string }
}

/** Several names that stand in one field. */
export function namesIn(field: string): string[] {
  return [...new Set(field.split('|').map((name) => name.trim()))].filter((name) => name !== '')
}

export async function readLabelTable(csv: string): Promise<TableRow[] | Rejection> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(csv))
  } catch (error) {
    const why = error instanceof TypeError ? 'is not UTF-8 text' : 'cannot be read'
    return reject(
      'unreadable-csv',
      `${csv} ${why}.`,
      'Check the path given with --csv, and save the table as CSV (UTF-8).',
    )
  }
  let records: { record: Record<string, string>; info: { lines: number } }[]
  try {
    records = parse(text, {
      bom: true,
      cast: (field) => withoutGuard(field),
      columns: (header: string[]) => header.map(columnName),
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    })
  } catch (error) {
    return reject('invalid-csv', `${csv}: ${(error as Error).message}`, 'Correct that line and import again.')
  }
  const missing = (['image', 'species'] as const).filter(
    (column) => records[0] && !(column in records[0].record),
  )
  if (records.length === 0 || missing.length > 0) {
    const what = records.length === 0 ? 'has no rows' : `has no column ${missing.join(' and no column ')}`
    return reject(
      'invalid-csv',
      `${csv} ${what}.`,
      `Its first line names the columns: ${COLUMNS.join(', ')} (image and species are needed).`,
    )
  }
  return records.map(({ record, info }) => ({
    ...(Object.fromEntries(COLUMNS.map((column) => [column, record[column] ?? ''])) as Record<
      Column,
      string
    >),
    line: info.lines,
    commonNames: commonNamesIn(record),
  }))
}

function commonNamesIn(record: Record<string, string>): TableRow['commonNames'] {
  const fields = Object.entries(record).filter(
    ([header, field]) => COMMON_NAME_IN.test(header) && field !== '',
  )
  return Object.fromEntries(fields.map(([header, field]) => [header.replace(COMMON_NAME_IN, ''), field]))
}

/** Tables from spreadsheets write column names in any case. */
function columnName(header: string): string {
  const lower = header.trim().toLowerCase()
  const known = COLUMNS.find((column) => column.toLowerCase() === lower) ?? OTHER_NAMES[lower]
  return known ?? (COMMON_NAME_IN.test(lower) ? lower : header)
}

function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/))
  const timesIn = (delimiter: string) => header.split(delimiter).length
  return [',', ';', '\t'].reduce((best, one) => (timesIn(one) > timesIn(best) ? one : best))
}
