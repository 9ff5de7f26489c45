/** Thumbnails of photos, each made once. A photo of which none can be made is kept without. */
import { type Remote, wrap } from 'comlink'
import type { ThumbnailWorker } from './thumbnail.worker.ts'

type Jpeg = Uint8Array<ArrayBuffer>

export type Thumbnails = { of(photo: Blob): Promise<Jpeg | null>; close(): void }

export function openThumbnails(): Thumbnails {
  const made = new WeakMap<Blob, Promise<Jpeg | null>>()
  let thread: { worker: Worker; remote: Remote<ThumbnailWorker>; died: Promise<null> } | null = null

  function spawn() {
    // Bundlers find the worker by exactly this expression.
    const worker = new Worker(new URL('./thumbnail.worker.ts', import.meta.url), { type: 'module' })
    const died = new Promise<null>((resolve) => worker.addEventListener('error', () => resolve(null)))
    return { worker, remote: wrap<ThumbnailWorker>(worker), died }
  }

  async function make(photo: Blob): Promise<Jpeg | null> {
    try {
      thread ??= spawn()
      return await Promise.race([thread.remote.thumbnailOf(photo), thread.died])
    } catch {
      return null
    }
  }

  return {
    of(photo) {
      const before = made.get(photo)
      if (before !== undefined) return before
      const making = make(photo)
      made.set(photo, making)
      return making
    },
    close: () => thread?.worker.terminate(),
  }
}
