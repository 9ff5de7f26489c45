import { isRejection } from '@worldflora/protocol/rejection'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { orientationOf } from '../src/photo/exif-orientation.ts'
import { decodeJpeg, openDecoder, readJpegSize } from '../src/photo/index.ts'
import { withoutMetadata } from '../src/photo/jpeg-segments.ts'
import {
  END_OF_IMAGE,
  hasTooManyScans,
  MOST_SCANS,
  START_OF_SCAN,
  segmentsOf,
} from '../src/photo/segments.ts'

beforeAll(() => openDecoder(nodeAssets))

function slope(options = {}): Promise<Buffer> {
  const data = Uint8Array.from({ length: 48 * 32 * 3 }, (_, i) => (i * 7) & 255)
  return sharp(data, { raw: { width: 48, height: 32, channels: 3 } })
    .withMetadata({ orientation: 6 })
    .jpeg(options)
    .toBuffer()
}

/** The last scan, which refines what is there, again and again. */
async function withScans(count: number): Promise<Buffer> {
  const plain = await slope({ progressive: true })
  const scans = [...segmentsOf(plain)].filter(({ marker }) => marker === START_OF_SCAN)
  const { start, dataEnd } = scans.at(-1)!
  const again = Array.from({ length: count - scans.length }, () => plain.subarray(start, dataEnd))
  return Buffer.concat([plain.subarray(0, dataEnd), ...again, plain.subarray(dataEnd)])
}

describe('segments of a JPEG', () => {
  it('are the same for all who ask, whatever fill bytes and lone markers stand between them', async () => {
    const plain = await slope()
    const between = Buffer.from([0xff, 0xff, 0xff, 0x01, 0xff, 0xd0, 0xff, 0x00])
    const parts = [plain.subarray(0, 2)]
    for (const { start, dataEnd } of segmentsOf(plain)) parts.push(between, plain.subarray(start, dataEnd))
    const loose = Buffer.concat(parts)
    expect(readJpegSize(loose)).toEqual({ width: 48, height: 32 })
    expect(orientationOf(loose)).toBe(6)
    expect([...segmentsOf(loose)].map(({ marker }) => marker)).toEqual(
      [...segmentsOf(plain)].map(({ marker }) => marker),
    )
    const [bare, expected] = [loose, plain].map((jpeg) => decodeJpeg(withoutMetadata(jpeg)!))
    expect(bare).toEqual(expected)
  })

  it('end with the image, or without if the file is cut off', async () => {
    const plain = await slope({ progressive: true })
    expect([...segmentsOf(plain)].at(-1)!.marker).toBe(END_OF_IMAGE)
    for (let length = 0; length < plain.length; length++)
      expect([...segmentsOf(plain.subarray(0, length))].at(-1)?.marker).not.toBe(END_OF_IMAGE)
  })

  it('PN3, FB3: with more than a hundred scans a JPEG is neither decoded nor kept', async () => {
    const [most, over] = [await withScans(MOST_SCANS), await withScans(MOST_SCANS + 1)]
    expect([hasTooManyScans(most), hasTooManyScans(over)]).toEqual([false, true])
    expect(withoutMetadata(most)).not.toBeNull()
    expect(withoutMetadata(over)).toBeNull()
    expect(isRejection(decodeJpeg(most))).toBe(false)
    expect(decodeJpeg(over)).toMatchObject({
      code: 'broken-photo',
      message: expect.stringMatching(/100 scans/),
    })
  })

  it('FB3: bytes that belong to nothing are seen where that is asked for', async () => {
    for (const progressive of [false, true]) {
      const plain = await slope({ progressive })
      const hiding = Buffer.concat([plain.subarray(0, -2), Buffer.from('words'), plain.subarray(-2)])
      expect(isRejection(decodeJpeg(plain, { strict: true }))).toBe(false)
      expect(isRejection(decodeJpeg(hiding))).toBe(false)
      expect(isRejection(decodeJpeg(hiding, { strict: true }))).toBe(true)
      expect(isRejection(decodeJpeg(plain, { strict: true }))).toBe(false)
    }
  })
})
