/** What a file `bench/NAME.ts` exports as `bench`. */
export type Bench<Report extends { bench: string } = BenchReport> = {
  /** One line for the list of benches. */
  about: string
  /** `flags` are those after the name. What it tells on the way goes through `say`; the figures are what it returns. */
  run(flags: string[], say: (line: string) => void): Promise<Report>
}

export type BenchReport = {
  bench: string
  rows: readonly Record<string, string | number | null>[]
}
