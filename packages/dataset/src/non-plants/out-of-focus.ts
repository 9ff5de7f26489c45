/** What a camera does not look at: blurred, behind people and things. */
import { hsl } from '../herbarium/paint.ts'
import { between, ellipse, oneOf, rect, type Sheet } from './pencil.ts'

export const soft = (deviation: number) =>
  `<filter id="soft" x="-.5" y="-.5" width="2" height="2"><feGaussianBlur stdDeviation="${deviation}"/></filter>`

/** Out of focus, of no colour that leaves have. */
export function blurredRoom({ width, height, chance }: Sheet): string {
  const hue = oneOf(chance, [20, 35, 210, 240, 340, 0])
  const blobs = Array.from({ length: 4 + chance.below(9) }, () =>
    ellipse(
      width * chance.uniform(),
      height * chance.uniform(),
      between(chance, 6, 40),
      between(chance, 6, 40),
      { fill: hsl(hue + 60 * (chance.uniform() - 0.5), between(chance, 0, 45), between(chance, 15, 90)) },
    ),
  )
  return `${soft(6)}${rect(0, 0, width, height, { fill: hsl(hue, 15, between(chance, 20, 80)) })}<g filter="url(#soft)">${blobs.join('')}</g>`
}
