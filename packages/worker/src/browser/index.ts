/**
 * The browser's host: sessions in the page, one for each core that is lent, each with its compute part in a Web Worker. What the browser
 * lacks is done without.
 */
import { memoryBlobCache } from '../session/blob-cache.memory.ts'
import type { BlobCache, BlobCaches } from '../session/blob-cache.ts'
import {
  type Activity,
  type BackendChoice,
  Crew,
  type Member,
  type MissingFeature,
  type SessionOutcome,
  startSession,
  trialMemory,
} from '../session/index.ts'
import { openIdbBlobCache } from './blob-cache.idb.ts'
import { sessionStorageOrNull, TabIdentities } from './identity.session-storage.ts'
import { spawnCompute } from './spawn-compute.ts'
import { hasWebLocks, holdWebLock } from './web-lock.ts'

export type {
  Activity,
  ActivityTask,
  BackendChoice,
  GpuFate,
  MissingFeature,
  SessionOutcome,
  StepShare,
} from '../session/index.ts'

const SHARDS_LIMIT_BYTES = 1_000_000_000
const CHECKPOINTS_LIMIT_BYTES = 250_000_000
/** Of what is kept in memory where there is no IndexedDB. */
const MEMORY_LIMIT_BYTES = 100_000_000
const PHOTOS_SHOWN = 8
const GPU_KEY = 'worldflora:gpu'

export type BrowserWorkerOptions = {
  /** The build of the site that this tab runs; 'build-mismatch' tells the page to load itself again. */
  build: string
  /** Default: the site's own address. */
  url?: string
  /** Default: WebGPU where there is a real GPU, else WASM. */
  backend?: BackendChoice
  /** How many of the machine's compute tasks; each is a worker of its own to the coordinator. Default: 1. */
  cores?: number
  /** Most bytes of photos kept on this machine. */
  shardsLimitBytes?: number
  onActivity(activity: Activity): void
}

export type BrowserWorker = {
  /** Holds at once: those that are too many give back what they have in hand. */
  setCores(cores: number): void
  /** At once. */
  stop(): Promise<void>
  done: Promise<SessionOutcome>
}

export function startBrowserWorker(options: BrowserWorkerOptions): BrowserWorker {
  const identities = new TabIdentities(sessionStorageOrNull())
  const stopping = new AbortController()
  let cores = options.cores ?? 1
  let crew: Crew | null = null
  const done = openCaches(options.shardsLimitBytes ?? SHARDS_LIMIT_BYTES).then(
    ({ caches, missing }): SessionOutcome | Promise<SessionOutcome> => {
      if (stopping.signal.aborted) return { kind: 'stopped' }
      const own = crewOf(options, caches, [...missing, ...missingFeatures()], identities, cores)
      crew = own
      stopping.signal.addEventListener('abort', () => void own.stop(), { once: true })
      return own.done
    },
  )
  holdWebLock(done)
  const leave = () => {
    identities.leaveForReload()
    stopping.abort()
  }
  addEventListener('pagehide', leave, { once: true })
  return {
    setCores(wanted) {
      cores = wanted
      crew?.resize(wanted)
    },
    async stop() {
      stopping.abort()
      await done
    },
    done: done.then((outcome) => {
      removeEventListener('pagehide', leave)
      // The page may answer by loading itself again.
      if (outcome.kind === 'rejection') identities.leaveForReload()
      return outcome
    }),
  }
}

function crewOf(
  options: BrowserWorkerOptions,
  caches: BlobCaches,
  missing: MissingFeature[],
  identities: TabIdentities,
  cores: number,
): Crew {
  const trials = trialMemory(
    { read: () => localStorage.getItem(GPU_KEY), write: (text) => localStorage.setItem(GPU_KEY, text) },
    `${options.build} ${navigator.userAgent}`,
  )
  const start = ({ index, backend, onActivity }: Member) =>
    startSession({
      url: options.url ?? location.origin,
      host: 'browser',
      build: options.build,
      backend,
      spawnCompute,
      caches,
      trials,
      identity: identities.ofSeat(index),
      onActivity,
      missing,
      photosShown: PHOTOS_SHOWN,
    })
  return new Crew({ backend: options.backend ?? 'auto', start, onActivity: options.onActivity }, cores)
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
