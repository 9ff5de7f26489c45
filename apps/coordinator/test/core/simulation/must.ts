/** What the simulation takes for granted of a right core. */
export function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}
