import { hashOf } from '@worldflora/protocol/hash'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import { beforeAll, describe, expect, test } from 'vitest'
import { nodeAssets } from '../src/backend/node-assets.ts'
import {
  decodeJpeg,
  fromRgba,
  openDecoder,
  placeAugmented,
  placeCentre,
  type Rgb,
} from '../src/photo/index.ts'
import { reduce } from '../src/photo/reduce.ts'
import { resample } from '../src/photo/resample.ts'
import { drawPhoto, drawPixels } from './drawn-photos.ts'

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

function decode(jpeg: Uint8Array): Rgb {
  const photo = decodeJpeg(jpeg)
  if (isRejection(photo)) throw new Error(photo.message)
  return photo
}

/** A photo whose red is its column, green its row, blue 100. */
function ramp(width: number, height: number): Rgb {
  const data = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++) data.set([i % width, Math.floor(i / width), 100, 255], i * 4)
  return { width, height, data }
}

const whole = ({ width, height }: Rgb) => ({ x: 0, y: 0, width, height })

beforeAll(() => openDecoder(nodeAssets))

describe('the JPEG decoder', () => {
  test('SD3: gives the pixels it gave when this was written', async () => {
    const photo = decode(await drawPhoto({ species: 4, seed: 1, width: 61, height: 47 }))
    expect([photo.width, photo.height]).toEqual([61, 47])
    expect(hashOf(new Uint8Array(photo.data))).toMatchInlineSnapshot(
      `"205cbfb0208a1f8cf065d11615dc2d03282a1cbd08f8a5ef5bc634d18c01c3cd"`,
    )
  })

  test('IN1: what is no JPEG, is cut off or claims a huge size is rejected, and the next photo is decoded', async () => {
    const good = await drawPhoto({ species: 1, seed: 1 })
    const huge = good.slice()
    const frame = huge.findIndex(
      (byte, at) => byte === 0xff && (huge[at + 1] === 0xc0 || huge[at + 1] === 0xc2),
    )
    huge.set([0xff, 0xff, 0xff, 0xff], frame + 5)
    for (const bad of [new Uint8Array(), new TextEncoder().encode('<svg/>'), good.subarray(0, 100), huge]) {
      const rejection = decodeJpeg(bad)
      expect(rejection).toMatchObject({ kind: 'rejection', code: 'broken-photo' })
      expect(JSON.stringify(rejection)).not.toContain('[object')
    }
    expect(decode(good)).toMatchObject({ width: 48, height: 40 })
  })
})

describe('the resampler', () => {
  test('at the same size changes nothing', () => {
    const photo = ramp(16, 16)
    const out = new Float32Array(16 * 16 * 3)
    resample(photo, whole(photo), 16, false, out)
    expect([...out.subarray(0, 6)]).toEqual([0, 0, 100, 1, 0, 100])
    expect([...out.subarray(-3)]).toEqual([15, 15, 100])
  })

  test('mirrored is the same from right to left', () => {
    const photo = ramp(40, 30)
    const [plain, mirrored] = [new Float32Array(8 * 8 * 3), new Float32Array(8 * 8 * 3)]
    resample(photo, whole(photo), 8, false, plain)
    resample(photo, whole(photo), 8, true, mirrored)
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        const at = (y * 8 + x) * 3
        const across = (y * 8 + 7 - x) * 3
        expect(mirrored.subarray(at, at + 3)).toEqual(plain.subarray(across, across + 3))
      }
    }
  })

  test.each([
    [3, 3],
    [5, 200],
    [150, 90],
    [255, 255],
    [97, 31],
  ])('a ramp of %d x %d stays a ramp, at any size and without a shift', (width, height) => {
    const photo = ramp(width, height)
    for (const size of [4, 16, 33]) {
      const out = new Float32Array(size * size * 3)
      resample(photo, whole(photo), size, false, out)
      const middle = Math.floor(size / 2)
      const at = (middle * size + middle) * 3
      const off = (extent: number, seen: number) =>
        Math.abs(seen - (((middle + 0.5) * extent) / size - 0.5)) - 0.1 * (extent / size)
      // A tenth of an output pixel, and the rounding of the whole-factor part.
      expect(off(width, out[at]!)).toBeLessThan(0.5)
      expect(off(height, out[at + 1]!)).toBeLessThan(0.5)
      for (let i = 2; i < out.length; i += 3) expect(out[i]).toBeCloseTo(100, 3)
    }
  })

  test('a photo far larger than the input is reduced more than once', () => {
    const pixels = new Uint8Array(2000 * 900 * 4).fill(50)
    const photo = { width: 2000, height: 900, data: pixels }
    const out = new Float32Array(16 * 16 * 3)
    resample(photo, { x: 300.5, y: 0, width: 1699, height: 900 }, 16, false, out)
    expect(Math.min(...out)).toBeCloseTo(50, 3)
    expect(Math.max(...out)).toBeCloseTo(50, 3)
  })

  test('a reduced pixel is the rounded mean of its box', () => {
    const { data, ...size } = reduce(ramp(8, 6), { x: 1, y: 1, width: 7, height: 5 }, 3, 2)
    expect(size).toEqual({ width: 2, height: 2 })
    // Columns 1..3 and 4..6; rows 1..2 and 3..4, whose means 1.5 and 3.5 are rounded up.
    expect([...data]).toEqual([2, 2, 100, 255, 5, 2, 100, 255, 2, 4, 100, 255, 5, 4, 100, 255])
    const white = { width: 16, height: 16, data: new Uint8Array(16 * 16 * 4).fill(255) }
    expect([...reduce(white, { x: 0, y: 0, width: 16, height: 16 }, 16, 16).data]).toEqual([
      255, 255, 255, 255,
    ])
  })
})

describe('augmentation', () => {
  const all = { crop: true, flip: true, color: 0.4 }
  const place = (photo: Rgb, sample: number, augmentation = all) => {
    const out = new Float32Array(24 * 24 * 3)
    placeAugmented(photo, 24, augmentation, new RandomStream(1, 'augment', 0, 0, 0, sample), out)
    return out
  }
  const photo = drawPixels({ species: 5, seed: 2, width: 90, height: 64 })

  test('SD3: gives the pixels it gave when this was written', () => {
    const hashes = [0, 1, 2].map((sample) => hashOf(bytesOf(place(photo, sample))).slice(0, 16))
    expect(hashes).toMatchInlineSnapshot(`
      [
        "28ab9dfd30f3054a",
        "8a15b7621ca2cb6b",
        "4d4c821d49160b81",
      ]
    `)
  })

  test('SD1: the same place gives the same pixels, another place others', () => {
    expect(place(photo, 7)).toEqual(place(photo, 7))
    expect(place(photo, 7)).not.toEqual(place(photo, 8))
  })

  test('stays within -1 and 1, whatever the photo', () => {
    for (const [width, height] of [
      [1, 1],
      [2, 300],
      [300, 2],
      [24, 24],
      [640, 480],
    ] as const) {
      const drawn = drawPixels({ species: 3, seed: 1, width, height })
      for (let sample = 0; sample < 20; sample++) {
        const placed = place(drawn, sample)
        expect(placed.every((value) => value >= -1 && value <= 1)).toBe(true)
      }
    }
  })

  test('with everything off, training sees what evaluation sees', () => {
    const centre = new Float32Array(24 * 24 * 3)
    placeCentre(photo, 24, centre)
    expect(place(photo, 3, { crop: false, flip: false, color: 0 })).toEqual(centre)
  })

  test('about half of the photos are mirrored, and crops differ in place and size', () => {
    const columns = ramp(200, 200)
    const steps = Array.from({ length: 200 }, (_, sample) => {
      const out = place(columns, sample, { crop: true, flip: true, color: 0 })
      return out[12 * 72 + 36 + 3]! - out[12 * 72 + 36]!
    })
    const mirrored = steps.filter((step) => step < 0).length
    expect(mirrored).toBeGreaterThan(70)
    expect(mirrored).toBeLessThan(130)
    const widths = steps.map((step) => (Math.abs(step) * 127.5 * 24) / 200)
    expect(Math.min(...widths)).toBeGreaterThan(0.45)
    expect(Math.min(...widths)).toBeLessThan(0.65)
    expect(Math.max(...widths)).toBeGreaterThan(0.9)
  })
})

test("a browser's transparent pixels are laid on white; an opaque photo is not copied", () => {
  const half = fromRgba({ width: 2, height: 1, data: Uint8ClampedArray.of(0, 0, 0, 0, 255, 0, 0, 128) })
  expect([...half.data]).toEqual([255, 255, 255, 255, 255, 127, 127, 255])
  const opaque = drawPixels({ species: 0, seed: 0, width: 3, height: 3 })
  expect(fromRgba(opaque).data).toBe(opaque.data)
})
