/** At start: bytes that no row names (a kill between the two, an import that was broken off) are swept away. */
import type { Hash } from '@worldflora/protocol/ids'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Logger } from 'pino'
import type { BlobStore } from '../store/blob-store.ts'
import type { Store } from '../store/store.ts'
import { sweep } from '../store/sweep.ts'
import { blobsOf, type Floras } from './floras.ts'

type Swept = { store: Store; blobs: BlobStore; optimizerStates: BlobStore; floras: Floras }

/** Sweeps nothing if a flora that is in use cannot be read: then nobody knows which blobs are needed. */
export async function sweepBlobs(
  { store, blobs, optimizerStates, floras }: Swept,
  florasOfRuns: ReadonlySet<Hash>,
  log: Logger,
): Promise<void> {
  await sweep(optimizerStates, await store.optimizerStatesInUse())
  const used = await store.blobsInUse()
  const named = (await store.listFloras()).map(({ hash }) => hash)
  for (const hash of new Set([...named, ...florasOfRuns])) {
    const manifest = await floras.manifestOf(hash)
    if (isRejection(manifest)) return log.warn({ hash }, 'a flora cannot be read: nothing is swept away')
    used.add(hash)
    for (const blob of blobsOf(manifest)) used.add(blob.hash)
  }
  const gone = await sweep(blobs, used)
  if (gone > 0) log.info({ gone }, 'swept away blobs that nothing names')
}
