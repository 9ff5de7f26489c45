/**
 * Colours of one photo, from one distribution for all species, so that colour alone names none. An observation keeps its
 * petal and fruit colour over its photos; light and season vary with every photo.
 */
import type { RandomStream } from '@worldflora/protocol/random'

export type Paint = {
  leaf: string
  leafLight: string
  leafDark: string
  vein: string
  stem: string
  petal: string
  petalDeep: string
  petalEdge: string
  centre: string
  centreDeep: string
  fruit: string
  fruitLight: string
  fruitDeep: string
}

/** Hue, saturation and lightness of petals: white, cream, yellow, orange, pink, magenta, violet, blue, red. */
const PETALS = [
  [60, 20, 94],
  [48, 60, 86],
  [50, 92, 62],
  [30, 90, 62],
  [338, 72, 76],
  [318, 58, 60],
  [272, 48, 66],
  [222, 62, 66],
  [4, 72, 55],
] as const
const FRUITS = [
  [2, 70, 44],
  [262, 40, 34],
  [88, 40, 45],
  [32, 55, 42],
  [345, 45, 34],
] as const

export function mixPaint(observation: RandomStream, photo: RandomStream): Paint {
  const [petalHue, petalSaturation, petalLightness] = PETALS[observation.below(PETALS.length)]!
  const [fruitHue, fruitSaturation, fruitLightness] = FRUITS[observation.below(FRUITS.length)]!
  const leafHue = 78 + 62 * observation.uniform() + 8 * photo.uniform()
  const leafSaturation = 26 + 26 * photo.uniform()
  const leafLightness = 30 + 14 * photo.uniform()
  const petal = (lighter: number) =>
    hsl(petalHue + 14 * (observation.uniform() - 0.5), petalSaturation, petalLightness + lighter)
  const yellowCentre = observation.below(3) > 0
  const centreHue = yellowCentre ? 46 : 24
  const centreLightness = yellowCentre ? 55 : 30
  return {
    leaf: hsl(leafHue, leafSaturation, leafLightness),
    leafLight: hsl(leafHue - 8, leafSaturation + 6, leafLightness + 13),
    leafDark: hsl(leafHue + 6, leafSaturation, leafLightness - 12),
    vein: hsl(leafHue - 14, leafSaturation, leafLightness + 24),
    stem: hsl(leafHue - 6, leafSaturation - 8, leafLightness - 3),
    petal: petal(0),
    petalDeep: petal(-18),
    petalEdge: petal(-32),
    centre: hsl(centreHue, 78, centreLightness),
    centreDeep: hsl(centreHue - 12, 70, centreLightness - 20),
    fruit: hsl(fruitHue, fruitSaturation, fruitLightness),
    fruitLight: hsl(fruitHue + 8, fruitSaturation, fruitLightness + 24),
    fruitDeep: hsl(fruitHue - 6, fruitSaturation, fruitLightness - 16),
  }
}

export function hsl(hue: number, saturation: number, lightness: number): string {
  const within = (value: number) => Math.round(Math.min(100, Math.max(0, value)))
  return `hsl(${Math.round((hue + 360) % 360)},${within(saturation)}%,${within(lightness)}%)`
}
