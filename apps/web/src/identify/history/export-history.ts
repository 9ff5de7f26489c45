/** The history as a file that the browser saves: made on the page, with no request. */
import { CSV_HEAD, csvRowOf } from './export-csv.ts'
import { JSON_BETWEEN, JSON_END, jsonHead, jsonOf } from './export-json.ts'
import { type HistoryFault, type HistoryStore, isFault } from './history-store.ts'

export type ExportFormat = 'csv' | 'json'

const TYPES = { csv: 'text/csv;charset=utf-8', json: 'application/json' } as const

export async function exportHistory(
  store: HistoryStore,
  format: ExportFormat,
  nowMs: number,
): Promise<null | HistoryFault> {
  const parts: string[] = [format === 'csv' ? CSV_HEAD : jsonHead(nowMs)]
  let isFirst = true
  const outcome = await store.visitAll((sheet) => {
    if (format === 'json' && !isFirst) parts.push(JSON_BETWEEN)
    parts.push(format === 'csv' ? csvRowOf(sheet) : jsonOf(sheet))
    isFirst = false
  })
  if (isFault(outcome)) return outcome
  if (format === 'json') parts.push(JSON_END)
  save(new Blob(parts, { type: TYPES[format] }), `worldflora-${dayOf(nowMs)}.${format}`)
  return null
}

function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Some browsers begin to read it only after this.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** By the clock of whoever saves it. */
function dayOf(timeMs: number): string {
  const day = new Date(timeMs)
  const digits = (part: number) => String(part).padStart(2, '0')
  return `${day.getFullYear()}-${digits(day.getMonth() + 1)}-${digits(day.getDate())}`
}
