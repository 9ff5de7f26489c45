/** Which benches there are: the files of bench/ itself, each with its one line and its flags. */
import { readdirSync } from 'node:fs'
import type { Bench } from './bench.ts'
import { describeFlags, namesOf } from './flags.ts'

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
    benchNames().map(async (name) => {
      const { about, flags } = (await openBench(name))!
      return [`  ${name.padEnd(20)} ${about}`, `  ${''.padEnd(20)} ${namesOf(flags).join(' ')}`]
    }),
  )
  return [
    'npm run bench -- NAME [flags]',
    ...lines.flat(),
    'What each flag means: npm run bench -- NAME --help',
  ].join('\n')
}

export function describeBench(name: string, { about, flags }: Bench): string {
  return [`npm run bench -- ${name} [flags]`, about, ...describeFlags(flags)].join('\n')
}
