/**
 * Postgres takes seconds to make a new database: tests begin with copies of one. It is made by whichever test comes first, and
 * kept, under a name that says of which Postgres, which schema and which making (this file) it is.
 */
import { createHash } from 'node:crypto'
import { cpSync, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { openPgliteStore } from '../src/store/store.pglite.ts'

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/worldflora-test/', import.meta.url))
const MIGRATIONS = fileURLToPath(new URL('../drizzle/', import.meta.url))

let made: Promise<string> | null = null

/** Leaves a database that is there already as it is. */
export async function copyEmptyDatabase(to: string): Promise<void> {
  if (existsSync(to)) return
  made ??= makeOnce()
  await mkdir(dirname(to), { recursive: true })
  // Of hundreds of small files: one by one in this thread costs a third of what handing each to another does.
  cpSync(await made, to, { recursive: true })
}

/** Returns its folder. Of several processes that make it at the same time one is first, and all use that one's. */
async function makeOnce(): Promise<string> {
  const folder = join(CACHE, `empty-database-${await kind()}`)
  if (existsSync(folder)) return folder
  await mkdir(CACHE, { recursive: true })
  const aside = await mkdtemp(join(CACHE, 'making-'))
  await (await openPgliteStore(join(aside, 'database'))).close()
  await dropTemplates(join(aside, 'database'))
  await rename(join(aside, 'database'), folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  await rm(aside, { recursive: true, force: true })
  return folder
}

/** What other databases would be made from: six of ten files, which nobody would open. */
async function dropTemplates(folder: string): Promise<void> {
  const client = await PGlite.create(folder)
  await client.exec('UPDATE pg_database SET datistemplate = false')
  for (const name of ['template1', 'template0']) await client.exec(`DROP DATABASE ${name}`)
  await client.close()
}

async function kind(): Promise<string> {
  const digest = createHash('sha256')
  const postgres = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'))
  digest.update(await readFile(join(postgres, '..', 'package.json')))
  digest.update(await readFile(fileURLToPath(import.meta.url)))
  for (const name of (await readdir(MIGRATIONS, { recursive: true })).sort()) {
    if (name.endsWith('.sql')) digest.update(await readFile(join(MIGRATIONS, name)))
  }
  return digest.digest('hex').slice(0, 16)
}
