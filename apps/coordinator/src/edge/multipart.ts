/**
 * A form with files (RFC 7578, RFC 2046 5.1) from the bytes of its body: parts are views of it, so what is bounded is the body. Nothing that
 * the sender says of a part is believed but its field's name.
 */

export type FormPart = {
  field: string
  /** As it may be shown: no folders, nothing that is not to be seen. null: this is no file. */
  filename: string | null
  bytes: Buffer
}

const MOST_PARTS = 100
const MOST_HEADER_BYTES = 8192
const LONGEST_NAME = 255

/** null: this is no such content type. */
export function boundaryOf(contentType: string | null): string | null {
  const match = contentType?.match(
    /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i,
  )
  return match?.[1] ?? match?.[2] ?? null
}

/** null: the body is not what it claims. */
export function parseForm(body: Buffer, boundary: string): FormPart[] | null {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  const first = delimiter.subarray(2)
  const parts: FormPart[] = []
  let found = 0
  let at = body.subarray(0, first.length).equals(first) ? first.length : endOf(body, delimiter, 0)
  while (at !== null) {
    if (body[at] === 0x2d && body[at + 1] === 0x2d) return parts
    const line = body.indexOf('\r\n', at)
    // A part without headers has its empty line at once.
    const headersEnd = body.indexOf('\r\n\r\n', line)
    if (line === -1 || headersEnd === -1 || headersEnd - line > MOST_HEADER_BYTES) return null
    const end = body.indexOf(delimiter, headersEnd + 2)
    if (end === -1 || found === MOST_PARTS) return null
    found++
    const part = partOf(body.toString('utf8', line, headersEnd), body.subarray(headersEnd + 4, end))
    if (part !== null) parts.push(part)
    at = end + delimiter.length
  }
  return null
}

function endOf(body: Buffer, delimiter: Buffer, from: number): number | null {
  const found = body.indexOf(delimiter, from)
  return found === -1 ? null : found + delimiter.length
}

/** null: it has no name, and is for nobody. */
function partOf(headers: string, bytes: Buffer): FormPart | null {
  const disposition = headers.match(/\r\ncontent-disposition:\s*form-data\s*(;[^\r\n]*)/i)?.[1]
  if (disposition === undefined) return null
  const named = new Map<string, string>()
  for (const [, name, quoted, bare] of disposition.matchAll(
    /;\s*([a-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gi,
  )) {
    named.set(name!.toLowerCase(), quoted?.replace(/\\(["\\])/g, '$1') ?? bare ?? '')
  }
  const field = named.get('name')
  if (field === undefined) return null
  const filename = named.get('filename') ?? encodedName(named.get('filename*'))
  return { field, filename: filename === undefined ? null : showable(filename), bytes }
}

/** RFC 5987, as UTF-8 alone. */
function encodedName(text: string | undefined): string | undefined {
  const encoded = text?.match(/^utf-8'[^']*'(.*)$/i)?.[1]
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}

/** Its last part, without control characters and marks that turn the direction of writing. */
function showable(filename: string): string {
  const last = filename.split(/[/\\]/).at(-1)!
  return last.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '').slice(0, LONGEST_NAME)
}
