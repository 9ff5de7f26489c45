import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openBlobFiles } from '../../src/store/blob-store.files.ts'
import { temporaryFolder } from '../running-site.ts'
import { blobStoreContract } from './blob-store.contract.ts'

describe('blobs as files', () => {
  blobStoreContract(() => openBlobFiles(join(temporaryFolder(), 'blobs')))

  it('CK1: a torn file is never read, and storing the blob again mends it', async () => {
    const folder = temporaryFolder()
    const blobs = await openBlobFiles(folder)
    const bytes = new TextEncoder().encode('all of the weights')
    const hash = await blobs.put(bytes)
    truncateSync(join(folder, hash.slice(0, 2), hash), 5)
    expect(await blobs.get(hash)).toBeNull()
    await blobs.put(bytes)
    expect(await blobs.get(hash)).toEqual(bytes)
  })

  it('CK1: what a kill left half written is removed at opening', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'ab'))
    writeFileSync(join(folder, 'ab', `${'ab'.repeat(32)}.0123456789ab.writing`), 'half')
    await openBlobFiles(folder)
    expect(readdirSync(join(folder, 'ab'))).toEqual([])
  })
})
