/** Photos for tests: stripes and a tint that tell the species, with noise; drawn and encoded the same on every machine. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import encode, { init } from '@jsquash/jpeg/encode.js'
import { RandomStream } from '@worldflora/protocol/random'

const { resolve } = createRequire(import.meta.url)
let opening: Promise<void> | undefined

/** As pixels, 4 bytes each. */
export function drawPixels(options: {
  species: number
  seed: number
  width: number
  height: number
}): ImageData {
  const { species, seed, width, height } = options
  const random = new RandomStream(seed, 'herbarium', species)
  const period = 4 + 3 * (species % 4)
  const tint = [species % 2, (species >> 1) % 2, (species >> 2) % 2]
  const phase = random.below(period)
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const along = species % 3 === 0 ? x : species % 3 === 1 ? y : x + y
      const stripe = (along + phase) % period < period / 2 ? 150 : 70
      const at = (y * width + x) * 4
      for (let channel = 0; channel < 3; channel++) {
        data[at + channel] = stripe + 50 * tint[channel]! + random.below(30)
      }
      data[at + 3] = 255
    }
  }
  return { width, height, data } as ImageData
}

export async function drawPhoto(options: {
  species: number
  seed: number
  width?: number
  height?: number
}): Promise<Uint8Array> {
  opening ??= open()
  await opening
  return new Uint8Array(await encode(drawPixels({ width: 48, height: 40, ...options }), { quality: 85 }))
}

async function open(): Promise<void> {
  const bytes = await readFile(resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'))
  const start = init as unknown as (module: WebAssembly.Module) => Promise<void>
  await start(await WebAssembly.compile(new Uint8Array(bytes)))
}
