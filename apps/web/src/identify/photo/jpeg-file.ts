/** From what a canvas shows to a JPEG file, like one that somebody chose. For the page. */

const QUALITY = 0.92

/** null: this browser has no memory left for it, or does not let pages read pixels. */
export async function jpegFile(canvas: HTMLCanvasElement, name: string): Promise<File | null> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  return blob === null ? null : new File([blob], name, { type: 'image/jpeg' })
}
