/** One picture of what a camera shows, as a file like one that somebody chose. */
import { fitted } from '../photo/fitted-size.ts'
import { jpegFile } from '../photo/jpeg-file.ts'

/** null: there is no picture yet, or no memory for it. */
export async function takeShot(video: HTMLVideoElement, at: Date): Promise<File | null> {
  if (video.videoWidth === 0) return null
  const { width, height } = fitted({ width: video.videoWidth, height: video.videoHeight })
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) return null
  context.drawImage(video, 0, 0, width, height)
  return jpegFile(canvas, `camera-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.jpg`)
}
