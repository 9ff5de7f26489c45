/**
 * The one JPEG decoder (SD3): mozjpeg as WASM, from @jsquash/jpeg. Its module is instantiated from bytes that the host
 * gives, so that it also starts in a Web Worker under a strict CSP, and offline. Opened once per thread.
 */
import createMozJpeg, { type MozJPEGModule } from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Rgb } from './rgb.ts'
import { hasTooManyScans, MOST_SCANS, START_OF_SCAN, segmentsOf } from './segments.ts'

export type DecoderAssets = { load(name: 'mozjpeg_dec.wasm'): Promise<Uint8Array> }

/** A JPEG of a few bytes may claim 65,535 x 65,535 pixels: what is larger than this is not decoded (IN1). */
const MAX_PIXELS = 64_000_000

let opening: Promise<void> | undefined
let decoder: MozJPEGModule | undefined
/** What the decoder found amiss in the photo that it decodes, and passed over; it names the first such thing only. */
let amiss: string | undefined

/** Asked for again, it answers at once. After a failure to load it may be tried again. */
export function openDecoder(assets: DecoderAssets): Promise<void> {
  opening ??= open(assets).catch((error) => {
    opening = undefined
    throw error
  })
  return opening
}

async function open(assets: DecoderAssets): Promise<void> {
  const bytes = await assets.load('mozjpeg_dec.wasm')
  const compiled = await WebAssembly.compile(bytes as BufferSource)
  decoder = await createMozJpeg({
    noInitialRun: true,
    printErr: (words: string) => {
      amiss ??= words
    },
    instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
      const instance = new WebAssembly.Instance(compiled, imports)
      done(instance)
      return instance.exports
    },
  })
}

/**
 * Ignores EXIF: photos of a flora are stored upright. `openDecoder` must have been awaited. What is amiss but can be passed over (data that
 * ends early, bytes that belong to nothing) is a reason to refuse the photo only where that is asked for.
 */
export function decodeJpeg(bytes: Uint8Array, { strict = false } = {}): Rgb | Rejection {
  if (decoder === undefined) throw new Error('openDecoder comes first')
  const size = readJpegSize(bytes)
  if (size === null) return broken('it has no JPEG header')
  const pixels = size.width * size.height
  if (pixels === 0 || pixels > MAX_PIXELS) return broken(`it claims ${size.width} x ${size.height} pixels`)
  if (hasTooManyScans(bytes)) return broken(`it has more than ${MOST_SCANS} scans`)
  amiss = undefined
  try {
    const image = decoder.decode(bytes as BufferSource, false)
    if (image === null) return broken('the decoder gave up')
    if (strict && amiss !== undefined) return broken(amiss)
    return { width: image.width, height: image.height, data: image.data }
  } catch (error) {
    // What the decoder throws on a broken file is not always an Error; it goes on working afterwards.
    return broken(error instanceof Error ? error.message : 'the decoder gave up')
  }
}

function broken(why: string): Rejection {
  return reject(
    'broken-photo',
    `The photo cannot be decoded: ${why}.`,
    'Use another photo, or save it as JPEG again.',
  )
}

/** From the first frame header (markers C0 to CF but C4, C8 and CC); null if there is none before the first scan. */
export function readJpegSize(bytes: Uint8Array): { width: number; height: number } | null {
  for (const { marker, start, end } of segmentsOf(bytes)) {
    if (marker === START_OF_SCAN) return null
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (!isFrame) continue
    if (end - start < 9) return null
    const at = start + 5
    return { height: (bytes[at]! << 8) | bytes[at + 1]!, width: (bytes[at + 2]! << 8) | bytes[at + 3]! }
  }
  return null
}
