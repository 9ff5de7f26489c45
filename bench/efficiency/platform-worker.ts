/** One real worker of the platform, watched: how many steps it made in a stretch of time, and what it did meanwhile. */
import type { BackendName } from '@worldflora/protocol/messages'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { spawnCompute } from '@worldflora/worker/node'
import {
  type Activity,
  type ComputePort,
  identityInMemory,
  memoryBlobCache,
  type Spent,
  startSession,
} from '@worldflora/worker/session'

/** Whole steps from the first that began in it to the last. Uploads are beside the other times, which are the compute thread's. */
export type Stretch = { images: number; ms: number; uploadMs: number; spent: Spent }

export type PlatformWorker = {
  measure(seconds: number, config: RunConfig): Promise<Stretch>
  /** Nothing of it computes any more. */
  rests(): Promise<void>
  stop(): Promise<void>
}

export function openPlatform(url: string, backend: BackendName): PlatformWorker {
  const watch = new ActivityWatch()
  const uploads = watchUploads()
  let compute: ComputePort | null = null
  const session = startSession({
    url,
    host: 'node',
    backend,
    caches: { shards: memoryBlobCache(256e6), checkpoints: memoryBlobCache(128e6) },
    identity: identityInMemory(),
    onActivity: (activity) => watch.see(activity),
    spawnCompute() {
      const thread = spawnCompute()
      compute = thread.compute
      return thread
    },
  })
  void session.done.then((outcome) => {
    if (outcome.kind === 'rejection')
      watch.fail(new Error(`the worker ended: ${outcome.message} ${outcome.action}`))
  })

  async function look(): Promise<{ step: number; atMs: number; uploadMs: number; spent: Spent }> {
    const step = await watch.nextStep()
    const atMs = performance.now()
    return { step, atMs, uploadMs: uploads.ms(), spent: await compute!.spent() }
  }

  return {
    async measure(seconds, { samplesPerTask, tasksPerStep }) {
      // The first is the one that was going on.
      await watch.nextStep()
      const first = await look()
      let last = await look()
      while (last.atMs - first.atMs < seconds * 1000) last = await look()
      return {
        images: (last.step - first.step) * samplesPerTask * tasksPerStep,
        ms: last.atMs - first.atMs,
        uploadMs: last.uploadMs - first.uploadMs,
        spent: {
          modelMs: last.spent.modelMs - first.spent.modelMs,
          decodeMs: last.spent.decodeMs - first.spent.decodeMs,
          computeMs: last.spent.computeMs - first.spent.computeMs,
          encodeMs: last.spent.encodeMs - first.spent.encodeMs,
        },
      }
    },
    rests: () => watch.until(({ state }) => state === 'idle'),
    stop: () => session.stop(),
  }
}

class ActivityWatch {
  #latest: Activity | null = null
  #step = -1
  #failure: Error | null = null
  #waiting = new Set<{ look(): boolean; fail(error: Error): void }>()

  see(activity: Activity): void {
    this.#latest = activity
    this.#step = Math.max(this.#step, activity.task?.step ?? -1)
    for (const waiting of this.#waiting) if (waiting.look()) this.#waiting.delete(waiting)
  }

  fail(error: Error): void {
    this.#failure = error
    for (const waiting of this.#waiting) waiting.fail(error)
  }

  /** The next step whose first task this worker takes up. */
  async nextStep(): Promise<number> {
    const before = this.#step
    await this.until(() => this.#step > before)
    return this.#step
  }

  until(holds: (activity: Activity) => boolean): Promise<void> {
    return new Promise((resolve, fail) => {
      if (this.#failure !== null) return fail(this.#failure)
      const look = () => {
        const isSo = this.#latest !== null && holds(this.#latest)
        if (isSo) resolve()
        return isSo
      }
      if (!look()) this.#waiting.add({ look, fail })
    })
  }
}

/** How long results were on their way, by all that this process sends. One is at a time. */
function watchUploads(): { ms(): number } {
  const { fetch } = globalThis
  let total = 0
  globalThis.fetch = async (input, init) => {
    const startedMs = performance.now()
    try {
      return await fetch(input, init)
    } finally {
      if (init?.method === 'PUT') total += performance.now() - startedMs
    }
  }
  return { ms: () => total }
}
