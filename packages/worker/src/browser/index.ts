/** The browser's host: a session in the page, its compute part in a Web Worker. What the browser lacks is done without. */
import { memoryBlobCache } from '../session/blob-cache.memory.ts'
import type { BlobCache, BlobCaches } from '../session/blob-cache.ts'
import {
  type Activity,
  type BackendChoice,
  type MissingFeature,
  type SessionOutcome,
  startSession,
} from '../session/index.ts'
import { openIdbBlobCache } from './blob-cache.idb.ts'
import {
  identityInSessionStorage,
  sessionStorageOrNull,
  type TabIdentity,
} from './identity.session-storage.ts'
import { spawnCompute } from './spawn-compute.ts'
import { hasWebLocks, holdWebLock } from './web-lock.ts'

export type {
  Activity,
  ActivityTask,
  BackendChoice,
  MissingFeature,
  SessionOutcome,
  StepShare,
} from '../session/index.ts'

const SHARDS_LIMIT_BYTES = 1_000_000_000
const CHECKPOINTS_LIMIT_BYTES = 250_000_000
/** Of what is kept in memory where there is no IndexedDB. */
const MEMORY_LIMIT_BYTES = 100_000_000
const PHOTOS_SHOWN = 8

export type BrowserWorkerOptions = {
  /** The build of the site that this tab runs; 'build-mismatch' tells the page to load itself again. */
  build: string
  /** Default: the site's own address. */
  url?: string
  /** Default: WebGPU where there is a real GPU, else WASM. */
  backend?: BackendChoice
  /** Most bytes of photos kept on this machine. */
  shardsLimitBytes?: number
  onActivity(activity: Activity): void
}

export type BrowserWorker = {
  /** At once. */
  stop(): Promise<void>
  done: Promise<SessionOutcome>
}

export function startBrowserWorker(options: BrowserWorkerOptions): BrowserWorker {
  const stopping = new AbortController()
  const identity = identityInSessionStorage(sessionStorageOrNull())
  const done = work(options, identity, stopping.signal)
  holdWebLock(done)
  const leave = () => {
    identity.leaveForReload()
    stopping.abort()
  }
  addEventListener('pagehide', leave, { once: true })
  return {
    async stop() {
      stopping.abort()
      await done
    },
    done: done.then((outcome) => {
      removeEventListener('pagehide', leave)
      // The page may answer by loading itself again.
      if (outcome.kind === 'rejection') identity.leaveForReload()
      return outcome
    }),
  }
}

async function work(
  options: BrowserWorkerOptions,
  identity: TabIdentity,
  stopping: AbortSignal,
): Promise<SessionOutcome> {
  const { caches, missing } = await openCaches(options.shardsLimitBytes ?? SHARDS_LIMIT_BYTES)
  if (stopping.aborted) return { kind: 'stopped' }
  const session = startSession({
    url: options.url ?? location.origin,
    host: 'browser',
    build: options.build,
    backend: options.backend ?? 'auto',
    spawnCompute,
    caches,
    identity,
    onActivity: options.onActivity,
    missing: [...missing, ...missingFeatures()],
    photosShown: PHOTOS_SHOWN,
  })
  stopping.addEventListener('abort', () => void session.stop(), { once: true })
  return session.done
}

async function openCaches(
  shardsLimitBytes: number,
): Promise<{ caches: BlobCaches; missing: MissingFeature[] }> {
  try {
    const [shards, checkpoints]: [BlobCache, BlobCache] = await Promise.all([
      openIdbBlobCache('worldflora-shards', shardsLimitBytes),
      openIdbBlobCache('worldflora-checkpoints', CHECKPOINTS_LIMIT_BYTES),
    ])
    return { caches: { shards, checkpoints }, missing: [] }
  } catch {
    const shards = memoryBlobCache(MEMORY_LIMIT_BYTES)
    const checkpoints = memoryBlobCache(MEMORY_LIMIT_BYTES)
    return { caches: { shards, checkpoints }, missing: ['indexeddb'] }
  }
}

function missingFeatures(): MissingFeature[] {
  return [
    ...(hasWebLocks() ? [] : ['web-locks' as const]),
    ...('gpu' in navigator ? [] : ['webgpu' as const]),
  ]
}
