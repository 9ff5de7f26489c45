import type { FlagTable, ValuesOf } from './flags.ts'

/** What a file `bench/NAME.ts` exports as `bench`. */
export type Bench<Table extends FlagTable = FlagTable, Report extends { bench: string } = BenchReport> = {
  /** One line for the list of benches. */
  about: string
  flags: Table
  /** What it tells on the way goes through `say`; the figures are what it returns. */
  run(flags: ValuesOf<Table>, say: (line: string) => void): Promise<Report>
}

export type BenchRow = Record<string, string | number | null>
export type BenchReport = { bench: string; rows: readonly BenchRow[] }

/** Lets `run` know the types of its own flags. */
export function defineBench<Table extends FlagTable, Report extends { bench: string }>(
  bench: Bench<Table, Report>,
): Bench<Table, Report> {
  return bench
}
