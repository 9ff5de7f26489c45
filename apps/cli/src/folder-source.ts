/** A folder on this machine as the readers of weights see it: they ask for plain names, of files in it. */
import { type FileHandle, open, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { ByteSource, SourceFolder } from '@worldflora/model/weights'

type OpenFolder = SourceFolder & { close(): Promise<void> }

/** A file as a folder that has nothing else in it; what the file names itself may lie beside it. */
export function openBeside(file: string): OpenFolder {
  return { ...openFolder(dirname(file)), names: async () => [basename(file)] }
}

/** Files stay open until `close`. */
export function openFolder(path: string): OpenFolder {
  const handles: FileHandle[] = []
  return {
    async names() {
      const entries = await readdir(path, { withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort()
    },
    async open(name) {
      const file = await open(join(path, name)).catch(() => null)
      if (file === null) return null
      handles.push(file)
      const { size } = await file.stat()
      return fileSource(file, size)
    },
    async close() {
      await Promise.all(handles.map((handle) => handle.close()))
    },
  }
}

function fileSource(file: FileHandle, bytes: number): ByteSource {
  return {
    bytes,
    async read(start, end) {
      const whole = new Uint8Array(end - start)
      for (let filled = 0; filled < whole.length; ) {
        const { bytesRead } = await file.read(whole, filled, whole.length - filled, start + filled)
        if (bytesRead === 0) throw new Error('a file of weights became shorter while it was read')
        filled += bytesRead
      }
      return whole
    },
  }
}
