/** Port: names what is on photos, or makes them fit to be kept, one at a time, somewhere beside the event loop. */
import type { Answer, Fitted, SharedModel } from './jobs.ts'

export type PhotoReaders = {
  /** `photo` is the file's bytes. Rejects (an error) if it cost a thread its life. */
  read(model: SharedModel, photo: Uint8Array): Promise<Answer>
  /** A photo that is given, as it may be kept. Rejects like `read`. */
  fitToKeep(photo: Uint8Array): Promise<Fitted>
  /** No photo will be read with it any more. */
  forget(modelId: string): void
  /** How long a photo that comes now would wait. */
  waitMs(): number
  /** Ends them; the next photo starts them again. What waits fails. */
  close(): Promise<void>
}
