import { join } from 'node:path'
import { describe } from 'vitest'
import { openPgliteStore } from '../../src/store/store.pglite.ts'
import { copyEmptyDatabase } from '../empty-database.ts'
import { temporaryFolder } from '../running-site.ts'
import { storeContract } from './store.contract.ts'

describe('the store in PGlite', () => {
  storeContract(async () => {
    const folder = join(temporaryFolder(), 'database')
    await copyEmptyDatabase(folder)
    return { open: () => openPgliteStore(folder) }
  })
})
