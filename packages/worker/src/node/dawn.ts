/** WebGPU in Node, by Dawn (package `webgpu`), put where browsers have it: on `navigator`. */
import { existsSync, readdirSync } from 'node:fs'

/**
 * `auto`: only where a GPU may be, for Dawn is large and complains aloud where it finds none. Where it cannot be loaded, or
 * has no Vulkan, there is simply no adapter, and who asked for one is told so.
 */
export async function offerDawn(wish: 'auto' | 'asked'): Promise<void> {
  if (wish === 'auto' && !mayHaveGpu()) return
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    const gpu = create([])
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  } catch {
    // Not built for this platform.
  }
}

/** On Linux a GPU that computes has a device file; elsewhere the operating system always has one to offer. */
function mayHaveGpu(): boolean {
  if (process.platform !== 'linux') return true
  if (existsSync('/dev/nvidiactl') || existsSync('/dev/dxg')) return true
  try {
    return readdirSync('/dev/dri').some((name) => name.startsWith('render'))
  } catch {
    return false
  }
}
