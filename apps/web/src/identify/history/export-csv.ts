/**
 * The history as a table for spreadsheets: RFC 4180, one row a sheet, in UTF-8 with a mark by which they know it. The head's names
 * are the same in every language.
 */
import { csvRow } from '@worldflora/protocol/csv-row'
import type { KeptCandidate, Sheet } from './sheet.ts'
import { titleOf } from './sheet.ts'

const CANDIDATES = 5
const BYTE_ORDER_MARK = '\ufeff'

const HEAD = [
  'named_at',
  'changed_at',
  'verdict',
  'common_name',
  'scientific_name',
  'score',
  'photos',
  'organs',
  'flora',
  'model',
  ...Array.from({ length: CANDIDATES }, (_, i) =>
    ['common_name', 'scientific_name', 'family', 'gbif_id', 'score'].map(
      (field) => `candidate_${i + 1}_${field}`,
    ),
  ).flat(),
  // What was added later stands at the end: whoever counts columns finds the others where they were.
  'said',
  'said_common_name',
  'said_scientific_name',
  'checklist',
  'weighed_by_place',
]

export const CSV_HEAD = BYTE_ORDER_MARK + csvRow(HEAD)

export function csvRowOf(sheet: Sheet): string {
  const title = titleOf(sheet)
  const { begunAtMs, changedAtMs, verdict, photos, model, candidates, narrowed, said } = sheet
  const species = said?.kind === 'species' ? said : null
  return csvRow([
    new Date(begunAtMs).toISOString(),
    new Date(changedAtMs).toISOString(),
    verdict.kind,
    title?.commonName,
    title?.scientificName,
    scoreOf(title?.score),
    String(photos.length),
    photos
      .map(({ organ }) => organ ?? '')
      .filter((organ) => organ !== '')
      .join(' '),
    model.flora,
    model.id,
    ...Array.from({ length: CANDIDATES }, (_, i) => candidateCells(candidates[i])).flat(),
    said?.kind,
    species?.commonName,
    species?.scientificName,
    narrowed?.checklist ?? '',
    narrowed?.place ? 'yes' : '',
  ])
}

function candidateCells(candidate: KeptCandidate | undefined): (string | undefined)[] {
  const { commonName, scientificName, family, gbifId, score } = candidate ?? {}
  return [commonName, scientificName, family, gbifId, scoreOf(score)]
}

function scoreOf(score: number | undefined): string | undefined {
  return score?.toFixed(4)
}
