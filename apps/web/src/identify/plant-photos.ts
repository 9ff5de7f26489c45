/** The photos of the plant that is asked about: which are taken, and what is said of those that are not. */
import { MOST_PHOTOS } from './answer.ts'

export type PlantPhoto = { id: number; file: File; url: string }

export type Taken = { photos: PlantPhoto[]; fault: string | null }

/** `make` gives a file its id and address. */
export function takePhotos(
  before: readonly PlantPhoto[],
  files: readonly File[],
  make: (file: File) => PlantPhoto,
): Taken {
  const room = MOST_PHOTOS - before.length
  const photos = [...before, ...files.slice(0, room).map(make)]
  const left = files.length - Math.min(files.length, room)
  return { photos, fault: left === 0 ? null : tooManyWords(left) }
}

function tooManyWords(left: number): string {
  const which = left === 1 ? 'One photo was' : `${left} photos were`
  return `${which} left out: ${MOST_PHOTOS} of one plant are the most. Take away the least clear, or begin another plant.`
}
