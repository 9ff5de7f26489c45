import { describe, test } from 'vitest'
import { memoryBlobCache } from '../src/session/blob-cache.memory.ts'
import { blobCacheContract } from './blob-cache.contract.ts'

describe('the blob cache in memory', () => {
  for (const { title, run } of blobCacheContract) {
    test(title, () => run(async (limitBytes) => memoryBlobCache(limitBytes)))
  }
})
