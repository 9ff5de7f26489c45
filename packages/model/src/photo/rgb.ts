/** A decoded photo: 4 bytes a pixel (red, green, blue, unused), rows from the top, upright. */
export type Rgb = { width: number; height: number; data: Uint8Array | Uint8ClampedArray }

/**
 * From an ImageData, or what looks like one: for photos that the browser decoded. Transparent pixels are laid on white, as
 * a page would show them. Opaque photos are not copied.
 */
export function fromRgba(image: {
  width: number
  height: number
  data: Uint8Array | Uint8ClampedArray
}): Rgb {
  const { width, height, data } = image
  if (data.length !== width * height * 4) throw new Error('not 4 bytes a pixel')
  if (isOpaque(data)) return { width, height, data }
  const laid = new Uint8ClampedArray(data.length)
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]!
    for (let channel = 0; channel < 3; channel++) {
      laid[i + channel] = (data[i + channel]! * alpha + 255 * (255 - alpha)) / 255
    }
    laid[i + 3] = 255
  }
  return { width, height, data: laid }
}

function isOpaque(data: Uint8Array | Uint8ClampedArray): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false
  return true
}
