import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaryOf, parseForm } from '../../src/edge/multipart.ts'

async function bodyOf(form: FormData): Promise<{ body: Buffer; boundary: string }> {
  const request = new Request('http://localhost', { method: 'POST', body: form })
  const boundary = boundaryOf(request.headers.get('content-type'))!
  return { body: Buffer.from(await request.arrayBuffer()), boundary }
}

const plain = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')

describe('IN1: a form', () => {
  it('has the parts that were put in, whatever their bytes', async () => {
    const file = fc.uint8Array({ maxLength: 400 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 6 }),
        fc.string({ maxLength: 20 }),
        async (files, text) => {
          const form = new FormData()
          for (const bytes of files)
            form.append('images', new Blob([bytes as Uint8Array<ArrayBuffer>]), 'a.jpg')
          form.append('organs', text)
          const { body, boundary } = await bodyOf(form)
          const parts = parseForm(body, boundary)!
          expect(parts.filter(({ filename }) => filename === 'a.jpg').map(({ bytes }) => [...bytes])).toEqual(
            files.map((bytes) => [...bytes]),
          )
          expect(parts.at(-1)).toMatchObject({ field: 'organs', filename: null })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('that is cut off anywhere, or no form at all, is none', async () => {
    const form = new FormData()
    form.append('images', new Blob(['12345']), 'a.jpg')
    const { body, boundary } = await bodyOf(form)
    expect(parseForm(body, boundary)).toHaveLength(1)
    for (let length = 0; length < body.indexOf(`${boundary}--`) + boundary.length; length++) {
      expect(parseForm(body.subarray(0, length), boundary), String(length)).toBeNull()
    }
    expect(parseForm(plain('{"images": []}'), 'x')).toBeNull()
  })

  it('is read with what comes before and between the parts', () => {
    const parts = parseForm(
      plain(
        'preamble\n--x y\n--b  \nContent-Type: text/plain\ncontent-disposition: form-data; name="a"\n\none\n--b\n\nnameless\n--b\nContent-Disposition: form-data; name=c; filename=d.png\n\n\n--b--\nepilogue',
      ),
      'b',
    )
    expect(parts?.map(({ field, filename, bytes }) => [field, filename, bytes.toString()])).toEqual([
      ['a', null, 'one'],
      ['c', 'd.png', ''],
    ])
  })

  it('has a hundred parts at most, those without a name among them', () => {
    const of = (parts: number) => parseForm(plain(`${'--b\n\nx\n'.repeat(parts)}--b--`), 'b')
    expect(of(100)).toEqual([])
    expect(of(101)).toBeNull()
  })

  it('shows nothing of a hostile file name but its last part', () => {
    const named = (disposition: string) =>
      parseForm(
        plain(`--b\nContent-Disposition: form-data; name="images"; ${disposition}\n\nx\n--b--`),
        'b',
      )?.[0]?.filename
    expect(named('filename="../../etc/passwd"')).toBe('passwd')
    expect(named('filename="C:\\\\photos\\\\a \\"b\\".jpg"')).toBe('a "b".jpg')
    expect(named(`filename="a\0b\x1bc.jpg"`)).toBe('abc.jpg')
    expect(named(`filename="${'x'.repeat(1000)}"`)).toHaveLength(255)
    expect(named("filename*=UTF-8''%2e%2e%2f%E2%80%AEgpj.exe")).toBe('gpj.exe')
    expect(named("filename*=UTF-8''%E2%8")).toBeNull()
    expect(named(`x="${'y'.repeat(10_000)}"`)).toBeUndefined()
  })

  it('says its boundary, quoted or not', () => {
    expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc')
    expect(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b;c"')).toBe('a b;c')
    for (const none of [
      null,
      'application/json',
      'multipart/form-data',
      `multipart/form-data; boundary=${'x'.repeat(71)}`,
    ]) {
      expect(boundaryOf(none)).toBeNull()
    }
  })
})
