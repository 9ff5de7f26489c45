/**
 * The parts of a photo that an evaluation looks at, each as large as the centre crop: the middle; with 5, the four corners too;
 * with 10, all of them mirrored as well (Krizhevsky et al. 2012, on the whole photo rather than the square in its middle).
 */
import { centreOf, placeRegion } from './augmentation.ts'
import type { Region } from './resample.ts'
import type { Rgb } from './rgb.ts'

export type CropCount = 1 | 5 | 10

/** Writes the photo's crops, [crops, size, size, 3], into `out`. */
export function placeCrops(photo: Rgb, size: number, crops: CropCount, out: Float32Array): void {
  const length = size * size * 3
  const regions = crops === 1 ? [centreOf(photo)] : [centreOf(photo), ...cornersOf(photo)]
  for (let n = 0; n < crops; n++) {
    const region = regions[n % regions.length]!
    placeRegion(photo, region, size, n >= regions.length, out.subarray(n * length, (n + 1) * length))
  }
}

function cornersOf(photo: Rgb): Region[] {
  const { width, height } = centreOf(photo)
  const [right, bottom] = [photo.width - width, photo.height - height]
  return [
    { x: 0, y: 0, width, height },
    { x: right, y: 0, width, height },
    { x: 0, y: bottom, width, height },
    { x: right, y: bottom, width, height },
  ]
}
