/** Port: a file that is read piece by piece, and a folder of such. None is assumed to fit one buffer. */

export type ByteSource = {
  bytes: number
  /** Exactly `end - start` bytes; throws if the file became shorter meanwhile. */
  read(start: number, end: number): Promise<Uint8Array>
}

export type SourceFolder = {
  /** Of files alone, sorted. */
  names(): Promise<string[]>
  /** null if there is no such file. */
  open(name: string): Promise<ByteSource | null>
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return { bytes: bytes.byteLength, read: async (start, end) => bytes.slice(start, end) }
}

/** Files one behind the other. */
export function joined(sources: readonly ByteSource[]): ByteSource {
  const bytes = sources.reduce((sum, source) => sum + source.bytes, 0)
  return {
    bytes,
    async read(start, end) {
      const whole = new Uint8Array(end - start)
      let offset = 0
      for (const source of sources) {
        const from = Math.max(start, offset)
        const to = Math.min(end, offset + source.bytes)
        if (from < to) whole.set(await source.read(from - offset, to - offset), from - start)
        offset += source.bytes
      }
      return whole
    },
  }
}
