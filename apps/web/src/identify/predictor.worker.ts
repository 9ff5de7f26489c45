/** The recogniser, off the page's thread: decodes photos, runs the published model, never touches the network but for its own parts. */
import { openBackend } from '@worldflora/model/backend'
import { decodeJpeg, fromRgba, openDecoder, type Rgb, readJpegSize } from '@worldflora/model/photo'
import { createPredictor, fuse, type Predictor } from '@worldflora/model/prediction'
import type { BackendName } from '@worldflora/protocol/messages'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { expose } from 'comlink'

const assets = {
  async load(name: string): Promise<Uint8Array> {
    const response = await fetch(`/assets/${name}`)
    if (!response.ok) throw new Error(`/assets/${name}: ${response.status}`)
    return new Uint8Array(await response.arrayBuffer())
  },
}

/** A photo larger than this is shrunk by the browser before anything else. */
const LARGEST_SIDE = 1600

let predictor: Predictor | null = null

const recogniser = {
  async open(model: {
    architecture: Architecture
    classes: number
    weights: Float32Array
  }): Promise<BackendName> {
    const opened = await openBackend('wasm', assets)
    if (isRejection(opened)) throw new Error(`${opened.message} ${opened.action}`)
    await openDecoder(assets)
    predictor?.dispose()
    predictor = createPredictor(model)
    return opened.backend
  },

  /** Probabilities by species, fused over the photos. Throws where a file is no picture that this browser can read. */
  async identify(files: Blob[]): Promise<Float32Array> {
    if (predictor === null) throw new Error('the model is not open')
    const photos = await Promise.all(files.map(readPhoto))
    return fuse(await predictor.predict(photos))
  },
}

export type Recogniser = typeof recogniser
expose(recogniser)

/** Small upright JPEGs take the decoder of training; everything else the browser's own. */
async function readPhoto(file: Blob): Promise<Rgb> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8
  const size = isJpeg ? readJpegSize(bytes) : null
  if (
    size !== null &&
    !isRejection(size) &&
    Math.max(size.width, size.height) <= LARGEST_SIDE &&
    !hasExif(bytes)
  ) {
    const decoded = await decodeJpeg(bytes)
    if (!isRejection(decoded)) return decoded
  }
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, LARGEST_SIDE / Math.max(picture.width, picture.height))
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(picture.width * scale)),
    Math.max(1, Math.round(picture.height * scale)),
  )
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('this browser gives no canvas')
  context.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  return fromRgba(context.getImageData(0, 0, canvas.width, canvas.height))
}

/** An APP1 segment may say that the picture is to be turned: then the browser, which knows how, decodes it. */
function hasExif(bytes: Uint8Array): boolean {
  for (let at = 2; at + 4 < bytes.length && bytes[at] === 0xff; ) {
    if (bytes[at + 1] === 0xe1) return true
    if (bytes[at + 1] === 0xda) return false
    at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!
  }
  return false
}
