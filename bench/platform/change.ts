/** Fields of a run that were given other values on the command line, as a row says it; null: none were. */
export function changeOf(fields: Record<string, unknown>): string | null {
  return Object.keys(fields).length === 0 ? null : JSON.stringify(fields)
}
