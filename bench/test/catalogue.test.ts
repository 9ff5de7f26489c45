import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { benchNames, describeBench, describeBenches, openBench } from '../runner/catalogue.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('every bench opens and says what it measures', async () => {
  const list = await describeBenches()
  for (const name of benchNames()) expect(list).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
})

it('every bench says what it can be told, and its defaults are such as it takes', async () => {
  for (const name of benchNames()) {
    const bench = (await openBench(name))!
    const help = describeBench(name, bench)
    for (const [flag, { fallback, parse }] of Object.entries(bench.flags)) {
      expect(help).toMatch(new RegExp(`^  --${flag} .*\\S`, 'm'))
      if (fallback !== null) parse([fallback])
    }
  }
})

it('an unknown name lists those there are, on stderr, and is a failure', () => {
  const { status, stdout, stderr } = spawnSync('npx', ['tsx', 'bench/runner/main.ts', 'no-such'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('There is no bench "no-such"')
})
