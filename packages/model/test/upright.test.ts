/** A photo is looked at upright, however the camera was held. The reference is sharp's own reading of the same file. */
import { readFileSync } from 'node:fs'
import { isRejection } from '@worldflora/protocol/rejection'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { orientationOf } from '../src/photo/exif-orientation.ts'
import { decodeJpeg, openDecoder } from '../src/photo/index.ts'
import { upright } from '../src/photo/upright.ts'

beforeAll(() => openDecoder(nodeAssets))

/** 48 x 32: red to the right, green downwards, so that every turn and mirroring looks different. */
function slope(orientation: number): Promise<Buffer> {
  const pixels = Buffer.alloc(48 * 32 * 3)
  for (let y = 0; y < 32; y++) for (let x = 0; x < 48; x++) pixels.set([x * 5, y * 7, 60], (y * 48 + x) * 3)
  return sharp(pixels, { raw: { width: 48, height: 32, channels: 3 } })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .withMetadata({ orientation })
    .toBuffer()
}

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%i is read and undone', async (orientation) => {
    const jpeg = await slope(orientation)
    expect(orientationOf(jpeg)).toBe(orientation)
    const decoded = decodeJpeg(jpeg)
    if (isRejection(decoded)) throw new Error(decoded.message)
    const turned = upright(decoded, orientationOf(jpeg))
    const expected = await sharp(jpeg).rotate().ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    expect([turned.width, turned.height]).toEqual([expected.info.width, expected.info.height])
    let largest = 0
    for (let i = 0; i < expected.data.length; i++) {
      if (i % 4 !== 3) largest = Math.max(largest, Math.abs(turned.data[i]! - expected.data[i]!))
    }
    expect(largest).toBeLessThanOrEqual(2)
  })

  it('a file that ends in the middle of its headers, or says nonsense, is taken as upright', async () => {
    const jpeg = await slope(6)
    const readings = Array.from({ length: jpeg.length }, (_, length) =>
      orientationOf(jpeg.subarray(0, length)),
    )
    expect(readings[0]).toBe(1)
    expect([...new Set(readings)]).toEqual([1, 6])
    expect(orientationOf(readFileSync(import.meta.filename))).toBe(1)
  })
})
