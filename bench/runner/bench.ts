/** What a file `bench/NAME.ts` exports as `bench`. */
export type Bench = {
  /** One line for the list of benches. */
  about: string
  /** `flags` are those after the name. What it tells on the way goes through `say`; the figures are what it returns. */
  run(flags: string[], say: (line: string) => void): Promise<BenchReport>
}

export type BenchReport = {
  bench: string
  rows: readonly Record<string, string | number | null>[]
}
