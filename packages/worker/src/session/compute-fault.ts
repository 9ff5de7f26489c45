/** Why a computation failed, as far as its message tells: for want of memory this device is unfit for the run, not at fault. */
import { type Rejection, reject } from '@worldflora/protocol/rejection'

export const OUT_OF_MEMORY = 'out-of-memory'
/** The compute part's device is gone: nothing is wrong with the task. */
export const DEVICE_LOST = 'device-lost'

/** The words of V8, SpiderMonkey, JavaScriptCore, Emscripten, tfjs and WebGPU. */
const MEMORY_WORDS =
  /out of memory|\boom\b|memory limit|enlarge memory|allocation fail|malloc|could not allocate/i

export function faultOf(error: unknown): Rejection {
  const message = error instanceof Error ? error.message : String(error)
  return MEMORY_WORDS.test(message)
    ? reject(OUT_OF_MEMORY, message, 'This device is offered smaller work only.')
    : reject('compute-failed', message, 'The task goes to another worker.')
}
