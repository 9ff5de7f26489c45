/** From what a canvas shows to a JPEG file, like one that somebody chose. For the page. */

/** More than any model looks at, and small enough to open at once. */
export const LONGEST_SIDE = 2048
const QUALITY = 0.92

export type Size = { width: number; height: number }

/** The largest size of the same shape with no side above `most`; never larger than it was. */
export function fitted({ width, height }: Size, most = LONGEST_SIDE): Size {
  const scale = Math.min(1, most / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** null: this browser has no memory left for it, or does not let pages read pixels. */
export async function jpegFile(canvas: HTMLCanvasElement, name: string): Promise<File | null> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  return blob === null ? null : new File([blob], name, { type: 'image/jpeg' })
}
