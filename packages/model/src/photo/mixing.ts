/**
 * Mixup (Zhang et al. 2018, "mixup: Beyond Empirical Risk Minimization") and CutMix (Yun et al. 2019): each photo of a chunk gets
 * a part of another of it, and its target a part of the other's. Who is mixed with whom, and how much, is a pure function of
 * the chunk's place in the run (SD1).
 */
import type { RandomStream } from '@worldflora/protocol/random'
import type { Augmentation } from '@worldflora/protocol/run-config'
import { symmetricBeta } from './symmetric-beta.ts'

export type Mix = {
  /** Place in the chunk of the photo that it gets a part of: its own, where nothing is mixed in. */
  partner: number
  /** Its own part of the mixture, in single precision. */
  share: number
  /** The rectangle that is the partner's, in pixels, its far sides excluded; without, the photos are blended. */
  box?: Box
}
type Box = { left: number; top: number; right: number; bottom: number }

/** null: nothing is mixed. Draws in the order of the photos. */
export function drawMixes(
  augmentation: Augmentation,
  photos: number,
  size: number,
  random: RandomStream,
): Mix[] | null {
  const { mixup, cutmix, mixedShare = 1 } = augmentation
  if (mixup === undefined && cutmix === undefined) return null
  const partners = random.shuffle(Array.from({ length: photos }, (_, place) => place))
  return partners.map((partner, place) => {
    if (random.uniform() >= mixedShare || partner === place) return { partner: place, share: 1 }
    const isCut = cutmix !== undefined && (mixup === undefined || random.uniform() < 0.5)
    if (!isCut) return { partner, share: Math.fround(symmetricBeta(mixup!, random)) }
    const box = drawBox(size, symmetricBeta(cutmix, random), random)
    const area = (box.right - box.left) * (box.bottom - box.top)
    return { partner, share: Math.fround(1 - area / (size * size)), box }
  })
}

/** Of about `1 - share` of the area, its middle anywhere in the photo, and cut off where it sticks out. */
function drawBox(size: number, share: number, random: RandomStream): Box {
  const half = Math.floor(size * Math.sqrt(1 - share)) / 2
  const [x, y] = [random.below(size), random.below(size)]
  const within = (place: number) => Math.max(0, Math.min(size, Math.floor(place)))
  return { left: within(x - half), top: within(y - half), right: within(x + half), bottom: within(y + half) }
}

/** `pixels` is [photos, size, size, 3]; the mixtures of it. */
export function mixPixels(pixels: Float32Array, size: number, mixes: readonly Mix[]): Float32Array {
  const length = size * size * 3
  const mixed = pixels.slice()
  for (const [place, mix] of mixes.entries()) {
    if (mix.partner === place) continue
    const own = mixed.subarray(place * length, (place + 1) * length)
    const other = pixels.subarray(mix.partner * length, (mix.partner + 1) * length)
    if (mix.box === undefined) blend(own, other, mix.share)
    else cut(own, other, size, mix.box)
  }
  return mixed
}

/** Of rows of equal length, one a sample, none of which is cut; the mixtures of them. */
export function blendRows(rows: Float32Array, mixes: readonly Mix[]): Float32Array {
  const length = rows.length / mixes.length
  const mixed = rows.slice()
  for (const [place, { partner, share }] of mixes.entries()) {
    if (partner === place) continue
    const other = rows.subarray(partner * length, (partner + 1) * length)
    blend(mixed.subarray(place * length, (place + 1) * length), other, share)
  }
  return mixed
}

function blend(own: Float32Array, other: Float32Array, share: number): void {
  const rest = 1 - share
  for (let i = 0; i < own.length; i++) own[i] = share * own[i]! + rest * other[i]!
}

function cut(own: Float32Array, other: Float32Array, size: number, { left, top, right, bottom }: Box): void {
  for (let y = top; y < bottom; y++) {
    const [from, to] = [(y * size + left) * 3, (y * size + right) * 3]
    own.set(other.subarray(from, to), from)
  }
}
