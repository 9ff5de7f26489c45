/** Whether a file is a photo as iPhones keep them (ISO/IEC 23008-12, 10.2): a box `ftyp` with a brand of pictures in HEVC. */
const BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'])

export function isHeic(bytes: Uint8Array): boolean {
  const text = (from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to))
  return text(4, 8) === 'ftyp' && BRANDS.has(text(8, 12))
}
