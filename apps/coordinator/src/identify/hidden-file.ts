/** Whether bytes that are no picture are the beginning of something else that the file could be opened as. */

/** Beginnings of what else a file could be opened as: archives, documents, pages, programs. Photos behind photos are usual. */
const OTHERS = [
  'PK\x03\x04',
  'PK\x05\x06',
  '%PDF-',
  '<?php',
  '<script',
  '<html',
  '<!doctype',
  '<svg',
  'Rar!\x1a',
]

/** Readers of the others look at the beginning, or for an archive's directory at the end: in between, chance makes such bytes too. */
const LOOKED_AT = 66_000

export function hidesAnother(parts: readonly Uint8Array[]): boolean {
  const ends = parts.flatMap((part) =>
    part.length <= 2 * LOOKED_AT ? [part] : [part.subarray(0, LOOKED_AT), part.subarray(-LOOKED_AT)],
  )
  return ends.some((part) => {
    const text = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('latin1').toLowerCase()
    return OTHERS.some((other) => text.includes(other.toLowerCase()))
  })
}
