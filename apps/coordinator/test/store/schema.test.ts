/** The tables and the migrations say the same: a change of schema.ts without a migration fails here. */
import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../running-site.ts'

it('the committed migrations lead to the schema', () => {
  const coordinator = fileURLToPath(new URL('../../', import.meta.url))
  const folder = temporaryFolder()
  cpSync(join(coordinator, 'drizzle'), join(folder, 'drizzle'), { recursive: true })
  const before = readdirSync(join(folder, 'drizzle')).sort()
  const drizzleKit = fileURLToPath(new URL('./bin.cjs', import.meta.resolve('drizzle-kit')))
  const schema = join(coordinator, 'src/store/schema.ts')
  execFileSync(
    process.execPath,
    [drizzleKit, 'generate', '--dialect', 'postgresql', '--schema', schema, '--out', './drizzle'],
    { cwd: folder, stdio: 'pipe' },
  )
  expect(readdirSync(join(folder, 'drizzle')).sort()).toEqual(before)
})
