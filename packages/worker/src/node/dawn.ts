/** WebGPU in Node, by Dawn (package `webgpu`), put where browsers have it: on `navigator`. */
import { existsSync, readdirSync } from 'node:fs'
import { leaveWhenAsked } from './thread-end.ts'

type Device = { lost: Promise<unknown>; destroy(): void }

/** All of Dawn's methods that answer later. */
const PROMISING = {
  GPU: ['requestAdapter'],
  GPUAdapter: ['requestDevice'],
  GPUBuffer: ['mapAsync'],
  GPUDevice: ['createComputePipelineAsync', 'createRenderPipelineAsync', 'popErrorScope'],
  GPUQueue: ['onSubmittedWorkDone'],
  GPUShaderModule: ['getCompilationInfo'],
}
/** What Dawn has promised and not yet answered. */
const promises = new Set<Promise<unknown>>()
const devices = new Set<Device>()
let isLeaving = false

/**
 * For the thread's life. `auto`: only where a GPU may be, for Dawn is large and complains aloud where it finds none. Where it cannot be loaded, or
 * has no Vulkan, there is simply no adapter, and who asked for one is told so.
 */
export async function offerDawn(wish: 'auto' | 'asked'): Promise<void> {
  if (wish === 'auto' && !mayHaveGpu()) return
  await leaveWhenAsked(leaveDawn)
  try {
    const { create, globals } = await import('webgpu')
    Object.assign(globalThis, globals)
    const gpu = create([])
    watchPromises()
    Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true })
  } catch {
    // Not built for this platform.
  }
}

/**
 * Lets go of every device, and resolves when Dawn owes nothing: it ends the whole process if a thread ends before
 * (its `PromiseBase::State` is fatal unless resolved). Work that is under way fails, or stays where it is.
 */
async function leaveDawn(): Promise<void> {
  isLeaving = true
  for (const device of devices) device.destroy()
  while (promises.size > 0) await Promise.allSettled(promises)
}

function watchPromises(): void {
  const classes = globalThis as unknown as Record<string, { prototype: object }>
  for (const [name, methods] of Object.entries(PROMISING)) {
    const prototype = classes[name]!.prototype as Record<string, (...given: unknown[]) => Promise<unknown>>
    for (const method of methods) {
      const ask = prototype[method]!
      prototype[method] = function (...given) {
        // Nobody waits for it any more.
        if (isLeaving) return new Promise(() => {})
        const promise = ask.apply(this, given)
        watch(method === 'requestDevice' ? promise.then((device) => adopt(device as Device)) : promise)
        return promise
      }
    }
  }
}

function watch(promise: Promise<unknown>): void {
  const settled = promise
    .catch(() => {})
    .then(() => {
      promises.delete(settled)
    })
  promises.add(settled)
}

function adopt(device: Device): void {
  devices.add(device)
  watch(device.lost.then(() => devices.delete(device)))
  if (isLeaving) device.destroy()
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
