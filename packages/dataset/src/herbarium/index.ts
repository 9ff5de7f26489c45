/**
 * The synthetic herbarium: any number of invented species, drawn. The embedded demo flora, which needs no download; it never
 * stands in for accuracy on real photos. Everything is seeded: equal requests give equal floras.
 */
import { Slug } from '@worldflora/protocol/ids'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection, parseOrReject, type Rejection } from '@worldflora/protocol/rejection'
import { writeFlora } from '../flora-writer.ts'
import type { ImportedFlora, ImportProgress } from '../imported-flora.ts'
import { type Species, StoredSize } from '../manifest.ts'
import type { WriteShard } from '../shard-writer.ts'
import { drawFlower } from './flower-drawing.ts'
import { drawFruit } from './fruit-drawing.ts'
import { drawHabit } from './habit-drawing.ts'
import { drawLeaf } from './leaf-drawing.ts'
import { mixPaint, type Paint } from './paint.ts'
import { type DrawnOrgan, type PlannedPhoto, planPhotos } from './photo-plan.ts'
import { photograph } from './photograph.ts'
import { inventForm, type PlantForm } from './plant-form.ts'
import { composeScene, type Frame } from './scene.ts'
import { nameSpecies } from './species-names.ts'
import { inventTaxonomy } from './taxonomy.ts'

export type HerbariumRequest = {
  /** The flora's name. */
  name: string
  species?: number | undefined
  seed?: number | undefined
  /** Pixels of a photo's shorter side. */
  storedSize?: number | undefined
  /** Of the most common species; the others follow in a long tail. */
  mostObservations?: number | undefined
  fewestObservations?: number | undefined
  /** Grass, stones and the like, from 0 to 1. */
  clutter?: number | undefined
  /** Standard deviation of the sensor's noise, as a part of a channel's range. */
  noise?: number | undefined
  /** Part of the train observations with a wrong name. */
  mislabelled?: number | undefined
  /** Of every ten observations, how many each of val and test gets (1 to 3): more for measurements, fewer to train on. */
  heldBackTenths?: number | undefined
  onProgress?: ((progress: ImportProgress) => void) | undefined
  writeShard: WriteShard
}

const DEFAULTS = {
  species: 24,
  seed: 1,
  storedSize: 128,
  mostObservations: 80,
  fewestObservations: 12,
  clutter: 0.5,
  noise: 0.02,
  mislabelled: 0,
  heldBackTenths: 1,
}

const PAINT_STREAM = 20
const PHOTO_STREAM = 21

export async function drawHerbarium(request: HerbariumRequest): Promise<ImportedFlora | Rejection> {
  const name = parseOrReject(Slug, request.name, "the flora's name")
  if (isRejection(name)) return name
  const wish = withDefaults(request)
  const storedSize = parseOrReject(StoredSize, wish.storedSize, 'the stored size')
  if (isRejection(storedSize)) return storedSize
  const { species, forms } = inventFlora(wish.species, wish.seed)
  const photos = planPhotos(wish)
  let done = 0
  const manifest = await writeFlora({
    name,
    storedSize,
    species,
    photos,
    seed: wish.seed,
    jpegOf: (photo) => drawPhoto(photo, forms[photo.drawn]!, wish),
    writeShard: request.writeShard,
    onPhoto: () => request.onProgress?.({ done: ++done, total: photos.length }),
  })
  return { manifest, skipped: [], warnings: [] }
}

/** The species alone, without a photo: names, kinship and shapes. */
export function inventFlora(count: number, seed: number): { species: Species[]; forms: PlantForm[] } {
  const { kinships, genera } = inventTaxonomy(count, seed)
  const forms = kinships.map((kin) => inventForm(seed, kin))
  const species = nameSpecies(kinships.map((kin, n) => ({ kin, genus: genera[kin.genus]!, form: forms[n]! })))
  return { species, forms }
}

type Wish = typeof DEFAULTS

function withDefaults(request: HerbariumRequest): Wish {
  const given = Object.entries(request).filter(([key, value]) => key in DEFAULTS && value !== undefined)
  return { ...DEFAULTS, ...Object.fromEntries(given) }
}

/** A pure function of the seed and the photo's place in the flora. */
function drawPhoto(photo: PlannedPhoto, form: PlantForm, wish: Wish): Promise<Uint8Array> {
  const place = [photo.drawn, photo.observationIndex]
  const ofObservation = new RandomStream(wish.seed, 'herbarium', PAINT_STREAM, ...place)
  const ofPhoto = new RandomStream(wish.seed, 'herbarium', PHOTO_STREAM, ...place, photo.photoIndex)
  const paint = mixPaint(ofObservation, ofPhoto)
  const frame = frameOf(wish.storedSize, ofPhoto)
  const svg = composeScene(frame, drawOrgan(photo.organ, form, paint), paint, wish.clutter, ofPhoto)
  return photograph(svg, wish.noise, ofPhoto)
}

function drawOrgan(organ: DrawnOrgan, form: PlantForm, paint: Paint): string {
  switch (organ) {
    case 'leaf':
      return drawLeaf(form.leaf, paint)
    case 'flower':
      return drawFlower(form.flower, paint)
    case 'fruit':
      return drawFruit(form.fruit, paint)
    case 'habit':
      return drawHabit(form, paint)
  }
}

/** Upright, lying or square. */
function frameOf(storedSize: number, chance: RandomStream): Frame {
  const longer = Math.round((storedSize * 4) / 3)
  const shape = chance.below(3)
  return { width: shape === 1 ? longer : storedSize, height: shape === 2 ? longer : storedSize }
}
