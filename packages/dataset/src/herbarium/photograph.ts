/** From SVG to JPEG as a camera would: exposure, white balance and sensor noise on the pixels, seeded. */
import { RandomStream } from '@worldflora/protocol/random'
import sharp from 'sharp'

/** Noise is read from one table at a random place: drawing a normal number per pixel would cost more than the picture. */
const NOISE_TABLE = (() => {
  const stream = new RandomStream(0, 'herbarium', 99)
  return Float32Array.from({ length: 1 << 16 }, () => stream.normal())
})()

/** `noise`: standard deviation of a channel, as a part of its range. */
export async function photograph(svg: string, noise: number, chance: RandomStream): Promise<Uint8Array> {
  const { data, info } = await sharp(Buffer.from(svg))
    .flatten({ background: 'white' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const exposure = 0.78 + 0.4 * chance.uniform()
  const warmth = 0.14 * (chance.uniform() - 0.5)
  const tint = 0.08 * (chance.uniform() - 0.5)
  const gains = [exposure * (1 + warmth), exposure * (1 + tint), exposure * (1 - warmth)]
  const start = chance.below(NOISE_TABLE.length)
  for (let n = 0; n < data.length; n++) {
    const grain = NOISE_TABLE[(start + n) & 0xffff]! * noise * 255
    data[n] = Math.max(0, Math.min(255, Math.round(data[n]! * gains[n % 3]! + grain)))
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
    .jpeg({ quality: 88, chromaSubsampling: '4:2:0' })
    .toBuffer()
}
