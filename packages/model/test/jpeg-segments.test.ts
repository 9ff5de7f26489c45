import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { withoutMetadata } from '../src/photo/jpeg-segments.ts'

/** Coarse noise, so that scans have bytes of every kind. */
function picture(side = 96) {
  const data = Uint8Array.from(
    { length: side * side * 3 },
    (_, i) => (Math.imul(i + 1, 2654435761) >>> 13) & 255,
  )
  return sharp(data, { raw: { width: side, height: side, channels: 3 } })
}

function segment(marker: number, text: string): Buffer {
  const content = Buffer.from(text, 'latin1')
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(content.length + 2, 2)
  return Buffer.concat([head, content])
}

const pixels = (jpeg: Uint8Array) => sharp(jpeg).raw().toBuffer()

describe('FB3: a JPEG without metadata', () => {
  it.each([
    ['baseline', {}],
    ['progressive', { progressive: true }],
    ['of one colour table', { chromaSubsampling: '4:4:4' }],
  ])('has the same pixels, and nothing that was said besides: %s', async (_, options) => {
    const plain = await picture().jpeg(options).toBuffer()
    const words = 'secret'
    const added = [0xe0, 0xe1, 0xe2, 0xe3, 0xe8, 0xed, 0xee, 0xef, 0xfe].map((marker) =>
      segment(marker, `${marker === 0xe1 ? 'Exif\0\0' : marker === 0xee ? 'Adobe' : ''}${words}`),
    )
    const laden = Buffer.concat([
      plain.subarray(0, 2),
      ...added,
      Buffer.from([0xff, 0xff]),
      plain.subarray(2),
      Buffer.from(words),
    ])
    expect(await pixels(laden)).toEqual(await pixels(plain))
    const bare = Buffer.from(withoutMetadata(laden)!)
    expect(bare.includes(words)).toBe(false)
    expect(bare.includes('Exif')).toBe(false)
    expect(await pixels(bare)).toEqual(await pixels(plain))
    expect(withoutMetadata(bare)).toEqual(new Uint8Array(bare))
  })

  it('keeps what says how its colours are coded (Adobe), and JFIF without a thumbnail', async () => {
    const cmyk = await picture().toColourspace('cmyk').jpeg().toBuffer()
    const bare = Buffer.from(withoutMetadata(cmyk)!)
    expect(bare.includes('Adobe')).toBe(cmyk.includes('Adobe'))
    expect(await pixels(bare)).toEqual(await pixels(cmyk))

    const plain = await picture().jpeg().toBuffer()
    const rest = plain.subarray(plain.indexOf(Buffer.from([0xff, 0xdb])))
    const header = segment(0xe0, `JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01abc`)
    const withThumbnail = Buffer.concat([plain.subarray(0, 2), header, rest])
    const kept = Buffer.from(withoutMetadata(withThumbnail)!)
    expect(kept.subarray(2, 20)).toEqual(segment(0xe0, `JFIF\0\x01\x01\0\0\x01\0\x01\0\0`))
    expect(await pixels(kept)).toEqual(await pixels(plain))
  })

  it('is without what could hold anything and no photo of today has: a late height (DNL), conditions of arithmetic coding (DAC)', async () => {
    const plain = await picture().jpeg().toBuffer()
    const bare = withoutMetadata(plain)
    const [late, conditions] = [segment(0xdc, 'secret height'), segment(0xcc, 'secret conditions')]
    const laden = [plain.subarray(0, 2), conditions, plain.subarray(2, -2), late, plain.subarray(-2)]
    expect(withoutMetadata(Buffer.concat(laden))).toEqual(bare)
  })

  it('of what is no whole JPEG there is none, wherever it ends', async () => {
    const plain = await picture(32).jpeg().toBuffer()
    for (let length = 0; length < plain.length; length++)
      expect(withoutMetadata(plain.subarray(0, length))).toBeNull()
    expect(withoutMetadata(plain)).not.toBeNull()
    expect(withoutMetadata(Buffer.from('no photo'))).toBeNull()
    expect(withoutMetadata(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).toBeNull()
  })

  it('of damaged ones comes nothing, or what has nothing to take away any more', async () => {
    const plain = await picture(32).jpeg().toBuffer()
    const change = fc.tuple(fc.nat(plain.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const damaged = new Uint8Array(plain)
        for (const [at, value] of changes) damaged[at] = value
        const bare = withoutMetadata(damaged)
        if (bare !== null) expect(withoutMetadata(bare)).toEqual(bare)
      }),
      { numRuns: 2000, seed: 1 },
    )
  })
})
