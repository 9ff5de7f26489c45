/** Whether the GPU is still there. One that is lost answers nothing any more, or fails in many words. */
import { whenDeviceLost } from '@worldflora/model/backend'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import { DEVICE_LOST } from '../session/compute-fault.ts'

/** The news of a loss may come after the failure that it is the reason of. */
const NEWS_MS = 100

export class DeviceLoss {
  #lost: Rejection | null = null
  readonly #waiting = new Set<(lost: Rejection) => void>()

  /** Of the device that is open now. */
  constructor() {
    void whenDeviceLost().then((why) => {
      this.#lost = reject(DEVICE_LOST, `The graphics card is gone: ${why}`, 'It is asked for again.')
      for (const tell of this.#waiting) tell(this.#lost)
    })
  }

  /** What `work` comes to, or that the device was lost before or meanwhile. */
  watch<T>(work: () => Promise<T | Rejection>): Promise<T | Rejection> {
    if (this.#lost !== null) return Promise.resolve(this.#lost)
    return new Promise((resolve, fail) => {
      this.#waiting.add(resolve)
      work()
        .then(resolve, async (error: unknown) => {
          await new Promise((next) => setTimeout(next, NEWS_MS))
          fail(error)
        })
        .finally(() => this.#waiting.delete(resolve))
    })
  }
}
