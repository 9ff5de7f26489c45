/** Which benches there are: the files of bench/ itself, each with its one line. */
import { readdirSync } from 'node:fs'
import type { Bench } from './bench.ts'

const folder = new URL('../', import.meta.url)

export function benchNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort()
}

/** null: there is none of that name. */
export async function openBench(name: string): Promise<Bench | null> {
  if (!benchNames().includes(name)) return null
  return ((await import(new URL(`${name}.ts`, folder).href)) as { bench: Bench }).bench
}

export async function describeBenches(): Promise<string> {
  const lines = await Promise.all(
    benchNames().map(async (name) => `  ${name.padEnd(20)} ${(await openBench(name))!.about}`),
  )
  return ['There are:', ...lines].join('\n')
}
