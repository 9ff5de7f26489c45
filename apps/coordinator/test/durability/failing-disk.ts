/** The file system as it is, but for the calls that a test lets fail: as on a full disk, where a write breaks off half-way. */
import type * as fs from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

/** One call that would change the disk. `path`: without the random part of a file written aside. */
export type DiskCall = {
  op: 'mkdir' | 'create' | 'write' | 'sync' | 'close' | 'rename' | 'remove'
  path: string
}

export const disk: { fails: (call: DiskCall) => boolean } = { fails: () => false }

export const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })

const named = (path: unknown) => String(path).replace(/\.[0-9a-f]{12}\.writing$/, '.writing')

function fault(op: DiskCall['op'], path: unknown): Error | null {
  return disk.fails({ op, path: named(path) }) ? noSpace() : null
}

/** For `vi.mock('node:fs/promises')`. */
export function failingDisk(real: typeof fs): typeof fs {
  const guarded =
    <A extends [path: unknown, ...unknown[]], R>(op: DiskCall['op'], call: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      const error = fault(op, args[0])
      if (error !== null) throw error
      return call(...args)
    }
  const open = async (...args: Parameters<typeof fs.open>) => {
    const [path, flags] = args
    const error = flags === 'wx' ? fault('create', path) : null
    if (error !== null) throw error
    return failing(await real.open(...args), path)
  }
  const changed = {
    open,
    mkdir: guarded('mkdir', real.mkdir as never),
    // By what it becomes.
    rename: async (from: string, to: string) => {
      const error = fault('rename', to)
      if (error !== null) throw error
      return real.rename(from, to)
    },
    rm: guarded('remove', real.rm as never),
  }
  return { ...real, ...changed, default: { ...real, ...changed } } as unknown as typeof fs
}

function failing(file: FileHandle, path: unknown): FileHandle {
  return new Proxy(file, {
    get(_, method: keyof FileHandle) {
      const value = file[method]
      if (typeof value !== 'function') return value
      const call = (value as (...args: unknown[]) => Promise<unknown>).bind(file)
      if (method === 'writeFile') return write
      if (method !== 'sync' && method !== 'close') return call
      return async () => {
        const error = fault(method, path)
        await call()
        if (error !== null) throw error
      }

      async function write(bytes: Uint8Array): Promise<unknown> {
        const error = fault('write', path)
        if (error === null) return call(bytes)
        await call(bytes.subarray(0, bytes.length >> 1))
        throw error
      }
    },
  })
}
