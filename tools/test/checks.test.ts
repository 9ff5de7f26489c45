/** The checks of the whole tree: format, lint, directions of imports, types. And proof that the directions are watched. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

function npx(args: string[], cwd = root) {
  const { status, stdout, stderr } = spawnSync('npx', ['--prefix', root, ...args], { cwd, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

describe('the whole tree', () => {
  it('is formatted, lints, and imports only downwards (biome ci)', { timeout: 120_000 }, () => {
    const { status, output } = npx(['biome', 'ci', '--colors=off', '.'])
    expect(status, output).toBe(0)
  })

  it.each(['tsconfig.json', 'apps/web/tsconfig.json'])(
    'type checks (%s)',
    { timeout: 300_000 },
    (project) => {
      const { status, output } = npx(['tsc', '--noEmit', '-p', project])
      expect(status, output).toBe(0)
    },
  )
})

/** Each line plants one import in a file of the given folder. */
const planted = [
  ['packages/protocol/src', "import { a } from '@worldflora/dataset/manifest'"],
  ['packages/dataset/src', "import { a } from '@worldflora/model/gradient'"],
  ['packages/model/src', "import { a } from '@worldflora/dataset/manifest'"],
  ['packages/model/src', "import { a } from '@worldflora/worker/node'"],
  ['packages/worker/src', "import { a } from '@worldflora/coordinator/main'"],
  ['packages/worker/src', "import { a } from '../../model/src/../../packages/model/src/gradient.ts'"],
  ['apps/web/src', "import { a } from '@worldflora/coordinator/main'"],
  ['apps/cli/src', "import { a } from '@worldflora/model/gradient'"],
  ['apps/cli/src', "import { a } from '../../../apps/coordinator/src/main.ts'"],
  ['apps/coordinator/src', "import { a } from '@worldflora/model/gradient'"],
  ['apps/coordinator/src', "import { a } from '@worldflora/worker/node'"],
  ['apps/coordinator/src/edge/plantnet', "import { a } from '@worldflora/model/prediction'"],
  ['apps/coordinator/src/identify', "import { a } from '@tensorflow/tfjs-core'"],
  ['apps/coordinator/src/core', "import { a } from '../store/store.ts'"],
  ['apps/coordinator/src/core', "import { a } from 'node:fs'"],
  ['apps/coordinator/src/core', "import { a } from '@worldflora/model/optimizer'"],
  ['bench', "import { a } from '../apps/coordinator/src/main.ts'"],
  ['packages/protocol/src', "const { a } = await import('@worldflora/worker/node')"],
] as const

const allowed = [
  ['apps/coordinator/src', "import { a } from '@worldflora/model/optimizer'"],
  ['apps/coordinator/src/core', "import { a } from '@worldflora/dataset/epoch-plan'"],
  ['apps/coordinator/src/identify', "import { a } from '@worldflora/model/prediction'"],
  ['packages/worker/src', "import { a } from '@worldflora/model/gradient'"],
  ['bench', "import { a } from '@worldflora/coordinator/main'"],
] as const

/** Lints each line as a file of its own, in an empty tree with the project's own configuration. */
function lintPlanted(lines: readonly (readonly [string, string])[]): boolean[] {
  const tree = mkdtempSync(join(tmpdir(), 'worldflora-planted-'))
  cpSync(join(root, 'biome.json'), join(tree, 'biome.json'))
  const files = lines.map(([folder, source], i) => {
    mkdirSync(join(tree, folder), { recursive: true })
    writeFileSync(join(tree, folder, `planted-${i}.ts`), `${source}\nexport const b = a\n`)
    return `${folder}/planted-${i}.ts`
  })
  const { output } = npx(
    [
      'biome',
      'lint',
      '--only=style/noRestrictedImports',
      '--vcs-enabled=false',
      '--colors=off',
      '--max-diagnostics=none',
      tree,
    ],
    tree,
  )
  rmSync(tree, { recursive: true })
  expect(output).toContain(`Checked ${lines.length + 1} files`)
  return files.map((file) => output.includes(`${file}:1:`))
}

describe('the directions', () => {
  it('every planted violation is found', () => {
    const found = lintPlanted(planted)
    expect(planted.filter((_, i) => !found[i])).toEqual([])
  })

  it('what is allowed passes', () => {
    const found = lintPlanted(allowed)
    expect(allowed.filter((_, i) => found[i])).toEqual([])
  })
})
