/**
 * A row of a table as RFC 4180 has it. Names come from strangers, and spreadsheets compute a cell that begins with a sign, also behind a
 * semicolon, where some of them part a row: an apostrophe stands before such a sign. `withoutGuard` gives back every text as it was.
 */

export function csvRow(cells: readonly (string | undefined)[]): string {
  return `${cells.map((cell) => cellOf(cell ?? '')).join(',')}\r\n`
}

/** Spaces and quotes are no beginning; a fullwidth sign is one to some programs. */
const COMPUTED = /(^|[;\t\r\n])([ '"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g
const GUARDED = /(^|[;\t\r\n])'([ '"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g

export function withoutGuard(cell: string): string {
  return cell.replace(GUARDED, '$1$2')
}

function cellOf(text: string): string {
  const harmless = text.replace(COMPUTED, "$1'$2")
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
