/** Words of an unknown script: strokes that look like letters from afar, without a font, which machines have different ones of. */
import type { RandomStream } from '@worldflora/protocol/random'
import { tenth } from '../herbarium/outline.ts'
import { between } from './pencil.ts'

/** In a box of 4 by 6, the base line at y 6. */
const LETTERS = [
  'M0 2h3v4h-3v-2h3',
  'M0 0v6h3v-4h-3',
  'M3 2h-3v4h3',
  'M3 0v6h-3v-4h3',
  'M0 4h3v-2h-3v4h3',
  'M3 0h-2v6M0 2h3',
  'M3 2h-3v4h3M3 2v6h-3',
  'M0 0v6M0 3h3v3',
  'M1 2v4M1 .5v.3',
  'M0 0v6M3 2l-3 2l3 2',
  'M1 0v6h1',
  'M0 6v-4h2v4M2 3h2v3',
  'M0 6v-4h3v4',
  'M0 2h3v4h-3z',
  'M0 8v-6h3v4h-3',
  'M0 6v-4M0 3h2',
  'M3 2h-3v2h3v2h-3',
  'M1 0v6h2M0 2h3',
  'M0 2v4h3v-4',
  'M0 2l1.5 4l1.5-4',
  'M0 2l3 4M3 2l-3 4',
  'M0 6v-6h3v6M0 3h3',
  'M0 0h3M1.5 0v6',
  'M3 0h-3v6h3M0 3h2',
]

export type Lettering = { x: number; y: number; width: number; size: number; colour: string; weight?: number }

/** One line, at most `width` long; its letters are `size` high. */
export function writeLine(line: Lettering, chance: RandomStream): string {
  const scale = line.size / 6
  const letters: string[] = []
  let x = 0
  const most = line.width / scale
  while (x < most - 4) {
    const word = 1 + chance.below(9)
    for (let n = 0; n < word && x < most - 4; n++, x += 4.4) {
      letters.push(`<path d="${LETTERS[chance.below(LETTERS.length)]}" transform="translate(${tenth(x)})"/>`)
    }
    x += 3
  }
  const weight = tenth(line.weight ?? between(chance, 0.6, 1.2))
  return `<g transform="translate(${tenth(line.x)} ${tenth(line.y)})scale(${scale.toFixed(3)})" fill="none" stroke="${line.colour}" stroke-width="${weight}">${letters.join('')}</g>`
}

/** Lines one below the other, the last of a paragraph shorter; ends at `height`. */
export function writeBlock(
  block: Lettering & { height: number; spacing?: number },
  chance: RandomStream,
): string {
  const step = block.size * (block.spacing ?? 1.7)
  const lines: string[] = []
  let left = 2 + chance.below(6)
  for (let y = 0; y + block.size <= block.height; y += step) {
    const isLast = --left === 0
    const width = isLast ? block.width * between(chance, 0.2, 0.8) : block.width * between(chance, 0.94, 1)
    lines.push(writeLine({ ...block, y: block.y + y, width }, chance))
    if (!isLast) continue
    y += step * 0.6
    left = 2 + chance.below(6)
  }
  return lines.join('')
}
