/** Files in memory as a folder. */
import { memorySource, type SourceFolder } from '../../src/weights/byte-source.ts'
import type { WrittenFile } from '../../src/weights/tfjs-layers-writing.ts'
import { wholeOf } from './whole.ts'

export type Files = Record<string, Uint8Array>

export function memoryFolder(files: Files): SourceFolder {
  return {
    names: async () => Object.keys(files).sort(),
    open: async (name) => (name in files ? memorySource(files[name]!) : null),
  }
}

export async function filesOf(written: AsyncIterable<WrittenFile>): Promise<Files> {
  const files: Files = {}
  for await (const { name, bytes } of written) files[name] = await wholeOf(bytes)
  return files
}
