/**
 * From a photo to the network's input: [size, size, 3] in [-1, 1]. What is random is a pure function of the stream (SD1),
 * made of + - * / and square roots, which IEEE 754 rounds the same everywhere (SD3).
 */
import type { RandomStream } from '@worldflora/protocol/random'
import type { Augmentation } from '@worldflora/protocol/run-config'
import { type Region, resample } from './resample.ts'
import type { Rgb } from './rgb.ts'

/** Share of the shorter side that evaluation looks at: about the mean scale at which random crops show a plant. */
const CENTRE_SHARE = 7 / 8

/** Random resized crops as Szegedy et al. 2015, of at least a third of the photo: of less, the plant is often not in it. */
const LEAST_AREA = 0.35
const LEAST_RATIO = 3 / 4

/** What evaluation and identification see: the square in the middle, 7/8 of the shorter side. */
export function placeCentre(photo: Rgb, size: number, out: Float32Array): void {
  placeRegion(photo, centreOf(photo), size, false, out)
}

export function placeRegion(
  photo: Rgb,
  region: Region,
  size: number,
  mirrored: boolean,
  out: Float32Array,
): void {
  resample(photo, region, size, mirrored, out)
  normalise(out, UNCHANGED)
}

/** What training sees. Draws from `random` in a fixed order, whatever is switched on. */
export function placeAugmented(
  photo: Rgb,
  size: number,
  augmentation: Augmentation,
  random: RandomStream,
  out: Float32Array,
): void {
  const crop = randomCrop(photo, random)
  const mirrored = random.uniform() < 0.5
  const factors = {
    brightness: randomFactor(augmentation.color, random),
    contrast: randomFactor(augmentation.color, random),
    saturation: randomFactor(augmentation.color, random),
  }
  resample(photo, augmentation.crop ? crop : centreOf(photo), size, augmentation.flip && mirrored, out)
  normalise(out, factors)
}

export function centreOf(photo: Rgb): Region {
  const side = Math.min(photo.width, photo.height) * CENTRE_SHARE
  return { x: (photo.width - side) / 2, y: (photo.height - side) / 2, width: side, height: side }
}

/** Area uniform from LEAST_AREA to all; ratio of the sides from 3/4 to 4/3, upright as often as lying. */
function randomCrop(photo: Rgb, random: RandomStream): Region {
  const area = (LEAST_AREA + (1 - LEAST_AREA) * random.uniform()) * photo.width * photo.height
  const narrow = LEAST_RATIO + (1 - LEAST_RATIO) * random.uniform()
  const ratio = random.uniform() < 0.5 ? narrow : 1 / narrow
  const width = Math.min(photo.width, Math.sqrt(area * ratio))
  const height = Math.min(photo.height, Math.sqrt(area / ratio))
  return {
    x: (photo.width - width) * random.uniform(),
    y: (photo.height - height) * random.uniform(),
    width,
    height,
  }
}

function randomFactor(range: number, random: RandomStream): number {
  return 1 + range * (2 * random.uniform() - 1)
}

type Factors = { brightness: number; contrast: number; saturation: number }
const UNCHANGED: Factors = { brightness: 1, contrast: 1, saturation: 1 }

/**
 * Brightness scales; contrast scales the distance from the photo's mean luma; saturation scales the distance from the
 * pixel's own luma (Rec. 601). All three are linear in (channel, luma, mean luma), so one pass does them, and the way from
 * 0..255 to -1..1.
 */
function normalise(pixels: Float32Array, { brightness, contrast, saturation }: Factors): void {
  const unchanged = brightness === 1 && contrast === 1 && saturation === 1
  if (unchanged) {
    for (let i = 0; i < pixels.length; i++) pixels[i] = pixels[i]! / 127.5 - 1
    return
  }
  const gain = (brightness * contrast) / 127.5
  const own = gain * saturation
  const grey = gain * (1 - saturation)
  const shift = (brightness * (1 - contrast) * meanLuma(pixels)) / 127.5 - 1
  for (let i = 0; i < pixels.length; i += 3) {
    const red = pixels[i]!
    const green = pixels[i + 1]!
    const blue = pixels[i + 2]!
    const base = grey * luma(red, green, blue) + shift
    pixels[i] = clamped(own * red + base)
    pixels[i + 1] = clamped(own * green + base)
    pixels[i + 2] = clamped(own * blue + base)
  }
}

function meanLuma(pixels: Float32Array): number {
  let red = 0
  let green = 0
  let blue = 0
  for (let i = 0; i < pixels.length; i += 3) {
    red += pixels[i]!
    green += pixels[i + 1]!
    blue += pixels[i + 2]!
  }
  return luma(red, green, blue) / (pixels.length / 3)
}

function luma(red: number, green: number, blue: number): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue
}

function clamped(value: number): number {
  return Math.max(-1, Math.min(1, value))
}
