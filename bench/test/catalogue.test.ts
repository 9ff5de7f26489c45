import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { benchNames, describeBenches } from '../runner/catalogue.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('every bench opens and says what it measures', async () => {
  const list = await describeBenches()
  for (const name of benchNames()) expect(list).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
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
