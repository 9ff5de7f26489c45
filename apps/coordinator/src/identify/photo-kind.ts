/** What a file that claims to be a photo is, by its first bytes: never by its name or by what its sender says. */
import { type Rejection, reject } from '@worldflora/protocol/rejection'

export type PhotoKind = 'jpeg' | 'png'

export const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

export function recogniseKind(bytes: Uint8Array): PhotoKind | Rejection {
  if (PNG.equals(bytes.subarray(0, PNG.length))) return 'png'
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff ? 'jpeg' : unsupported()
}

export function unsupported(): Rejection {
  return reject('unsupported-type', 'Unsupported file type for image', 'Send JPEG or PNG files.')
}
