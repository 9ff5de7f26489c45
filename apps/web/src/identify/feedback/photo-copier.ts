/** Copies of photos, made out of the page's way. null: none could be made. */
import { type Remote, wrap } from 'comlink'
import type { PhotoCopyWorker } from './photo-copy.worker.ts'

export type PhotoCopier = { copyOf(photo: Blob): Promise<Uint8Array<ArrayBuffer> | null>; close(): void }

export function openPhotoCopier(): PhotoCopier {
  // Bundlers find the worker by exactly this expression.
  const worker = new Worker(new URL('./photo-copy.worker.ts', import.meta.url), { type: 'module' })
  const remote: Remote<PhotoCopyWorker> = wrap<PhotoCopyWorker>(worker)
  const died = new Promise<null>((resolve) => worker.addEventListener('error', () => resolve(null)))
  return {
    copyOf: (photo) =>
      Promise.race([remote.copyOf(photo).catch(() => null) as Promise<Uint8Array<ArrayBuffer> | null>, died]),
    close: () => worker.terminate(),
  }
}
