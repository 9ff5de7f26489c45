import { isRejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { recognisePhoto } from '../../src/identify/photo-file.ts'
import { jpeg, picture } from './fixture.ts'

const codeOf = (bytes: Uint8Array) => {
  const file = recognisePhoto(bytes)
  return isRejection(file) ? file.code : `${file.kind} ${file.pixels}`
}
const ascii = (text: string) => Buffer.from(text, 'latin1')

describe('PN3: a file that claims to be a photo', () => {
  it('is known by its bytes, as baseline and progressive JPEG, with restart markers, and PNG', async () => {
    expect(codeOf(await jpeg(1))).toBe('jpeg 1920')
    expect(codeOf(await picture(1).jpeg({ progressive: true }).toBuffer())).toBe('jpeg 1920')
    expect(codeOf(await picture(1).png().toBuffer())).toBe('png 1920')
    expect(codeOf(await picture(1).png({ progressive: true }).toBuffer())).toBe('png 1920')
    const withExif = await picture(1).withMetadata({ orientation: 6 }).jpeg().toBuffer()
    expect(codeOf(withExif)).toBe('jpeg 1920')
  })

  it('is refused before it is decoded if it claims too many pixels, or none', async () => {
    for (const [width, height] of [
      [65_535, 65_535],
      [8001, 8000],
      [0, 100],
    ] as const) {
      const bomb = Buffer.from(await jpeg(1))
      const frame = bomb.indexOf(Buffer.from([0xff, 0xc0]))
      bomb.writeUInt16BE(height, frame + 5)
      bomb.writeUInt16BE(width, frame + 7)
      expect(codeOf(bomb)).toBe('too-many-pixels')
      const flat = await picture(1).png().toBuffer()
      flat.writeUInt32BE(width, 16)
      flat.writeUInt32BE(height, 20)
      expect(codeOf(flat)).toBe('too-many-pixels')
    }
  })

  it('is refused if all of it would be in memory at once, where it is of more than 26 megapixels', async () => {
    const claiming = async (make: (flat: ReturnType<typeof picture>) => ReturnType<typeof picture>) => {
      const flat = await make(picture(1)).toBuffer()
      flat.writeUInt32BE(6000, 16)
      flat.writeUInt32BE(6000, 20)
      return codeOf(flat)
    }
    expect(await claiming((flat) => flat.png({ progressive: true }))).toBe('too-many-pixels')
    expect(await claiming((flat) => flat.toColourspace('b-w').png({ progressive: true }))).toBe(
      'png 36000000',
    )
    expect(await claiming((flat) => flat.png())).toBe('png 36000000')
    expect(await claiming((flat) => flat.toColourspace('rgb16').png())).toBe('png 36000000')
  })

  it('is refused wherever it is cut off', async () => {
    for (const whole of [await jpeg(1), await picture(1).png().toBuffer()]) {
      for (let length = 3; length < whole.length; length += 7) {
        const code = codeOf(whole.subarray(0, length))
        expect(['broken-photo', 'unsupported-type'], `${length} of ${whole.length}`).toContain(code)
      }
    }
  })

  it('is refused, and costs no thread, if its header is shorter than headers are', async () => {
    const flat = await picture(1).png().toBuffer()
    const header = ascii('\0\0\0\0IHDR\0\0\0\0')
    expect(codeOf(Buffer.concat([flat.subarray(0, 8), header]))).toBe('broken-photo')
    expect(codeOf(Buffer.concat([flat.subarray(0, 8), header, flat.subarray(33)]))).toBe('broken-photo')
  })

  it('is refused if it has more scans than any program writes: each costs a decoder the whole picture', async () => {
    const whole = await picture(1).jpeg({ progressive: true }).toBuffer()
    const scan = whole.subarray(whole.lastIndexOf(Buffer.from([0xff, 0xda])), -2)
    const withScans = (more: number) =>
      Buffer.concat([whole.subarray(0, -2), ...Array<Buffer>(more).fill(scan), whole.subarray(-2)])
    const file = recognisePhoto(withScans(101))
    expect(file).toMatchObject({ code: 'broken-photo', message: expect.stringMatching(/100 scans/) })
    expect(codeOf(withScans(1))).toBe('jpeg 1920')
  })

  it('is refused if it has more segments or chunks than any program writes', async () => {
    const [whole, flat] = [await jpeg(1), await picture(1).png().toBuffer()]
    const empty = Buffer.alloc(4 * 10_001, Buffer.from([0xff, 0xe5, 0, 2]))
    const chunks = Buffer.alloc(12 * 10_001, ascii('\0\0\0\0teXt\0\0\0\0'))
    const put = (file: Buffer, more: Buffer, at: number) =>
      recognisePhoto(Buffer.concat([file.subarray(0, at), more, file.subarray(at)]))
    expect(put(whole, empty, 2)).toMatchObject({ message: expect.stringMatching(/10000 segments/) })
    expect(put(flat, chunks, 33)).toMatchObject({ message: expect.stringMatching(/10000 chunks/) })
    expect(put(whole, empty.subarray(0, 4 * 1000), 2)).toMatchObject({ kind: 'jpeg' })
    expect(put(flat, chunks.subarray(0, 12 * 1000), 33)).toMatchObject({ kind: 'png' })
  })

  it('is refused if it is something else, or something else as well', async () => {
    const whole = await jpeg(1)
    const flat = await picture(1).png().toBuffer()
    const gif = await picture(1).gif().toBuffer()
    const html = ascii('<html><script>alert(1)</script>')
    for (const other of [gif, html, ascii(''), ascii('x'), Buffer.concat([ascii('GIF89a'), whole])]) {
      expect(codeOf(other)).toBe('unsupported-type')
    }
    for (const tail of ['PK\x03\x04zipped', '%PDF-1.7', '<?php system(1)', '\n<!DOCTYPE html>']) {
      expect(codeOf(Buffer.concat([whole, ascii(tail)]))).toBe('unsupported-type')
      expect(codeOf(Buffer.concat([flat, ascii(tail)]))).toBe('unsupported-type')
    }
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 2 + html.length]), html])
    expect(codeOf(Buffer.concat([whole.subarray(0, 2), comment, whole.subarray(2)]))).toBe('unsupported-type')
  })

  it('may have another photo or padding behind it, as telephones make them', async () => {
    const whole = await jpeg(1)
    expect(codeOf(Buffer.concat([whole, await jpeg(2)]))).toBe('jpeg 1920')
    expect(codeOf(Buffer.concat([whole, Buffer.alloc(300)]))).toBe('jpeg 1920')
    expect(codeOf(Buffer.concat([whole, ascii('\0\0\0\x18ftypmp42 a short film')]))).toBe('jpeg 1920')
  })
})
