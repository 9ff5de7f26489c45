/** Whether a data folder has nothing but what its rows name. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isRejection } from '@worldflora/protocol/rejection'
import { expect } from 'vitest'
import { type Adapters, systemAdapters } from '../../src/adapters.ts'
import { blobsOf, Floras } from '../../src/runs/floras.ts'
import { openBlobFiles } from '../../src/store/blob-store.files.ts'
import type { Store } from '../../src/store/store.ts'
import { type RunningSite, startSite } from '../running-site.ts'

/** A start like any other; `store` is the one it opened. */
export async function startWithStore(data?: string): Promise<{ site: RunningSite; store: Store }> {
  const adapters = systemAdapters()
  const opening: Promise<Store>[] = []
  const openStore: Adapters['openStore'] = (folder) => {
    const store = adapters.openStore(folder)
    opening.push(store)
    return store
  }
  const site = await startSite(data === undefined ? {} : { data }, { ...adapters, openStore })
  return { site, store: await opening[0]! }
}

export function filesIn(data: string, folder: 'blobs' | 'optimizer-states'): string[] {
  return readdirSync(join(data, folder), { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? [entry.name] : [],
  )
}

export async function expectNothingUnnamed(data: string, store: Store): Promise<void> {
  const blobs = await openBlobFiles(join(data, 'blobs'))
  const named: Set<string> = await store.blobsInUse()
  const floras = [
    ...(await store.listFloras()).map(({ hash }) => hash),
    ...(await store.listRuns()).map(({ flora }) => flora.hash),
  ]
  for (const hash of floras) {
    const manifest = await new Floras(store, blobs).manifestOf(hash)
    if (isRejection(manifest)) throw new Error(manifest.message)
    for (const name of [hash, ...blobsOf(manifest).map((blob) => blob.hash)]) named.add(name)
  }
  expect(filesIn(data, 'blobs').filter((name) => !named.has(name))).toEqual([])
  const states: Set<string> = await store.optimizerStatesInUse()
  expect(filesIn(data, 'optimizer-states').filter((name) => !states.has(name))).toEqual([])
}
