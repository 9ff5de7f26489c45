/** The photos of the plant that is asked about: which are taken, and how many were too many. */
import type { Organ } from '@worldflora/protocol/calibration'
import { MOST_PHOTOS } from './answer.ts'
import type { PhotoEdit } from './editor/photo-edit.ts'

/**
 * `file` is what is looked at: the original, or what `edit` makes of it. `organ`: what somebody said that it shows; null: as
 * the model suggests.
 */
export type PlantPhoto = {
  id: number
  file: File
  url: string
  original: File
  edit: PhotoEdit
  organ: Organ | null
}

/** Of each photo: as somebody said, else as the answer suggests. */
export function organsOf(
  photos: readonly PlantPhoto[],
  { organs }: { organs: readonly (Organ | null)[] },
): (Organ | null)[] {
  return photos.map(({ organ }, i) => organ ?? organs[i] ?? null)
}

/** `left`: how many were too many. */
export type Taken = { photos: PlantPhoto[]; left: number }

/** `make` gives a file its id and address. */
export function takePhotos(
  before: readonly PlantPhoto[],
  files: readonly File[],
  make: (file: File) => PlantPhoto,
): Taken {
  const room = MOST_PHOTOS - before.length
  const photos = [...before, ...files.slice(0, room).map(make)]
  const left = files.length - Math.min(files.length, room)
  return { photos, left }
}
