/** Postgres on a disk that is full in earnest: its process may write no file beyond a limit. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { MortalPglite } from '../../src/store/mortal-pglite.ts'
import { reopeningStore } from '../../src/store/reopening-store.ts'
import type { Store } from '../../src/store/store.ts'
import { limitFiles, unlimitFiles } from '../durability/file-limit.ts'
import { copyEmptyDatabase } from '../empty-database.ts'
import { temporaryFolder } from '../running-site.ts'

/** Postgres's log is some megabytes into its file, its tables are smaller. */
const LIMIT_BYTES = 1 << 20
const ROWS = 50

it('DU3: a full disk in the middle of its log ends Postgres; its calls fail at once, and with room again the next one opens it anew', async () => {
  const folder = join(temporaryFolder(), 'database')
  await copyEmptyDatabase(folder)
  let client!: MortalPglite
  const store = await reopeningStore({
    async open() {
      client = await MortalPglite.open(folder)
      const ask = async () =>
        (await client.query<{ n: number }>('select count(*)::int as n from t')).rows[0]!.n
      return { store: { listRuns: ask } as unknown as Store, isLost: () => client.isLost }
    },
  })
  await client.exec('create table t (i int primary key, a text)')
  for (let i = 0; i < ROWS; i++) await client.query('insert into t values ($1, $2)', [i, noise()])

  onTestFinished(() => unlimitFiles(process.pid))
  limitFiles(process.pid, LIMIT_BYTES)
  const dying = client
  await expect(dying.query('update t set a = $1', [noise()])).rejects.toThrow()
  // It is found out with the next question, which would never be answered.
  await expect(dying.query('select 1')).rejects.toThrow('Postgres has ended')
  expect(dying.isLost).toBe(true)
  await expect(dying.transaction((tx) => tx.query('select 1'))).rejects.toThrow('Postgres has ended')

  unlimitFiles(process.pid)
  expect(await store.listRuns()).toBe(ROWS)
  expect(client).not.toBe(dying)
  await client.close()
})

/** Of two kilobytes, which do not compress. */
function noise(): string {
  return randomBytes(2000).toString('hex')
}
