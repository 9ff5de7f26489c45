/** Things on a table: drawn flat, or shaded as if a camera had seen them. */
import { hsl } from '../herbarium/paint.ts'
import { writeLine } from './lettering.ts'
import { blurredRoom, soft } from './out-of-focus.ts'
import { anyColour, between, ellipse, oneOf, path, rect, type Sheet, trail, turned } from './pencil.ts'

/** Bottles, boxes, balls, mugs, plates and tools on a table. */
export function drawThings(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const parts = [
    chance.below(2) === 0
      ? blurredRoom(sheet)
      : soft(2) +
        rect(0, 0, width, height, {
          fill: anyColour(chance, between(chance, 0, 30), between(chance, 50, 95)),
        }),
  ]
  const edge = height * between(chance, 0.4, 0.75)
  if (chance.below(3) > 0)
    parts.push(
      rect(0, edge, width, height - edge, {
        fill: hsl(oneOf(chance, [25, 30, 210, 0]), between(chance, 5, 45), between(chance, 20, 85)),
      }),
    )
  for (let n = 1 + chance.below(5); n > 0; n--) {
    const size = between(chance, 10, 44)
    const [x, y] = [width * between(chance, 0.15, 0.85), height * between(chance, 0.35, 0.8)]
    const hue = oneOf(chance, [0, 12, 28, 45, 190, 210, 225, 270, 320])
    const strength = between(chance, 0, 90)
    const level = between(chance, 12, 80)
    const body = `body${n}`
    parts.push(
      `<linearGradient id="${body}"><stop offset="0" stop-color="${hsl(hue, strength, level - 14)}"/><stop offset="${between(chance, 0.2, 0.5).toFixed(2)}" stop-color="${hsl(hue, strength * 0.8, level + 18)}"/><stop offset="1" stop-color="${hsl(hue, strength, level - 24)}"/></linearGradient>`,
    )
    parts.push(
      ellipse(x + size * 0.1, y + size * 0.5, size * 0.55, size * 0.12, {
        fill: '#000',
        opacity: 0.35,
        more: 'filter="url(#soft)"',
      }),
    )
    parts.push(
      turned(
        drawThing(sheet, x, y, size, `url(#${body})`),
        chance.below(3) === 0 ? between(chance, -60, 60) : 0,
        x,
        y,
      ),
    )
  }
  return parts.join('')
}

function drawThing({ chance }: Sheet, x: number, y: number, size: number, fill: string): string {
  const half = size / 2
  const dark = hsl(220, 10, 20)
  switch (chance.below(7)) {
    case 0:
      return (
        rect(x - half * 0.45, y - half, half * 0.9, size, { fill, round: 2 }) +
        rect(x - half * 0.16, y - half * 1.6, half * 0.32, half * 0.7, { fill }) +
        rect(x - half * 0.45, y - half * 0.3, half * 0.9, half * 0.6, { fill: '#f4f0e6' }) +
        writeLine(
          { x: x - half * 0.4, y: y - 1, width: half * 0.8, size: Math.max(1, half * 0.14), colour: dark },
          chance,
        )
      )
    case 1:
      return (
        rect(x - half * 0.6, y - half * 0.5, half * 1.2, half, { fill, round: 2 }) +
        ellipse(x, y - half * 0.5, half * 0.6, half * 0.14, { fill: dark }) +
        ellipse(x + half * 0.7, y, half * 0.25, half * 0.3, { stroke: fill, thick: half * 0.12 })
      )
    case 2: {
      const [w, d] = [half * between(chance, 0.5, 1), half * between(chance, 0.2, 0.5)]
      return (
        rect(x - w, y - half * 0.6, 2 * w, half * 1.2, { fill }) +
        path(
          trail(
            [
              [x - w, y - half * 0.6],
              [x - w + d, y - half * 0.6 - d],
              [x + w + d, y - half * 0.6 - d],
              [x + w, y - half * 0.6],
            ],
            true,
          ),
          { fill, opacity: 0.85 },
        ) +
        path(
          trail(
            [
              [x + w, y - half * 0.6],
              [x + w + d, y - half * 0.6 - d],
              [x + w + d, y + half * 0.6 - d],
              [x + w, y + half * 0.6],
            ],
            true,
          ),
          { fill: dark, opacity: 0.55 },
        )
      )
    }
    case 3:
      return (
        ellipse(x, y, half, half, { fill }) +
        ellipse(x - half * 0.3, y - half * 0.35, half * 0.25, half * 0.18, { fill: '#fff', opacity: 0.5 })
      )
    case 4:
      return (
        ellipse(x, y, half * 1.2, half * 0.7, { fill: '#f0eee9', stroke: '#c5c0b5' }) +
        ellipse(x, y, half * 0.8, half * 0.45, { fill, stroke: '#d8d3c9' })
      )
    case 5:
      return (
        rect(x - half * 0.1, y - half * 1.4, half * 0.2, size * 1.4, { fill, round: 1 }) +
        rect(x - half * 0.35, y - half * 1.5, half * 0.7, half * 0.4, { fill: dark, round: 1 })
      )
    default:
      return (
        rect(x - half * 0.5, y - half, size * 0.5, size, { fill: dark, round: 3 }) +
        rect(x - half * 0.44, y - half * 0.85, size * 0.44, size * 0.8, { fill, round: 1 })
      )
  }
}
