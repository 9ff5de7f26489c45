/** Rooms, houses and roads: drawn flat, or shaded as if a camera had seen them. */
import { hsl } from '../herbarium/paint.ts'
import {
  anyColour,
  between,
  ellipse,
  gradient,
  noiseLayer,
  oneOf,
  path,
  rect,
  type Sheet,
  trail,
} from './pencil.ts'

/** Houses, streets, cars; or the inside of a room. */
export function drawBuilt(sheet: Sheet): string {
  return sheet.chance.below(2) === 0 ? drawStreet(sheet) : drawRoom(sheet)
}

function drawStreet(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const isFlat = chance.below(2) === 0
  const parts = [
    gradient('air', hsl(210, 50, between(chance, 45, 85)), hsl(200, 30, 90), [0, 0, 0, 1]),
    rect(0, 0, width, height, { fill: 'url(#air)' }),
  ]
  const ground = height * between(chance, 0.65, 0.9)
  for (let x = -10; x < width; ) {
    const wide = between(chance, 14, 60)
    const high = between(chance, 20, 90)
    const wall = hsl(
      oneOf(chance, [15, 25, 40, 200, 220, 0]),
      between(chance, 0, 50),
      between(chance, 25, 85),
    )
    parts.push(rect(x, ground - high, wide, high + 2, { fill: wall }))
    if (chance.below(2) === 0)
      parts.push(
        path(
          trail(
            [
              [x - 2, ground - high],
              [x + wide / 2, ground - high - between(chance, 6, 20)],
              [x + wide + 2, ground - high],
            ],
            true,
          ),
          { fill: hsl(between(chance, 0, 25), between(chance, 10, 60), between(chance, 20, 45)) },
        ),
      )
    const pane = between(chance, 3, 8)
    const glass = hsl(210, 30, between(chance, 15, 75))
    for (let v = ground - high + pane; v < ground - pane * 1.5; v += pane * 2)
      for (let u = x + pane * 0.7; u < x + wide - pane; u += pane * 1.9)
        parts.push(
          rect(u, v, pane, pane * 1.2, { fill: glass, stroke: isFlat ? '#fff' : hsl(0, 0, 30), thick: 0.4 }),
        )
    x += wide + between(chance, -2, 8)
  }
  parts.push(rect(0, ground, width, height - ground, { fill: hsl(220, 5, between(chance, 25, 60)) }))
  for (let n = chance.below(4); n > 0; n--) {
    const [x, y, size] = [width * chance.uniform(), ground + between(chance, 0, 6), between(chance, 8, 26)]
    const paint = anyColour(chance, between(chance, 0, 80), between(chance, 20, 70))
    parts.push(
      path(
        `M${x - size * 0.5} ${y - size * 0.3}l${size * 0.15} ${-size * 0.25}h${size * 0.55}l${size * 0.25} ${size * 0.25}z`,
        { fill: hsl(210, 25, 40), stroke: paint, thick: 1 },
      ),
      rect(x - size, y - size * 0.3, size * 2, size * 0.35, { fill: paint, round: 2 }),
    )
    for (const side of [-0.55, 0.55])
      parts.push(ellipse(x + side * size, y + size * 0.06, size * 0.18, size * 0.18, { fill: '#151515' }))
  }
  if (!isFlat)
    parts.push(
      noiseLayer(sheet, {
        kind: 'fractalNoise',
        frequency: '.4',
        octaves: 3,
        colour: '0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 .2 .15 .1 0 0',
      }),
    )
  return parts.join('')
}

function drawRoom(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const hue = oneOf(chance, [35, 40, 210, 20, 0])
  const wall = between(chance, 45, 92)
  const corner = [width * between(chance, 0.2, 0.8), height * between(chance, 0.5, 0.75)] as const
  const parts = [
    rect(0, 0, width, height, { fill: hsl(hue, between(chance, 2, 25), wall) }),
    path(trail([[corner[0], 0], [width, 0], [width, height], corner], true), {
      fill: hsl(hue, 12, wall - between(chance, 4, 16)),
    }),
    path(
      trail(
        [
          corner,
          [width, height * between(chance, 0.75, 1)],
          [width, height],
          [0, height],
          [0, height * between(chance, 0.75, 1)],
        ],
        true,
      ),
      { fill: hsl(oneOf(chance, [25, 30, 210, 0]), between(chance, 5, 45), between(chance, 18, 60)) },
    ),
  ]
  for (let n = 2 + chance.below(6); n > 0; n--) {
    const [x, wide, high] = [
      width * between(chance, -0.1, 0.9),
      between(chance, 8, 45),
      between(chance, 8, 50),
    ]
    const y = height * between(chance, 0.35, 0.95) - high
    const [tint, strength, level] = [360 * chance.uniform(), between(chance, 0, 40), between(chance, 12, 75)]
    parts.push(rect(x, y, wide, high, { fill: hsl(tint, strength, level), round: oneOf(chance, [0, 0, 3]) }))
    parts.push(rect(x, y, wide, high * 0.12, { fill: hsl(tint, strength, level + 12) }))
    for (let line = chance.below(4); line > 0; line--)
      parts.push(rect(x + 1, y + (high * line) / 4, wide - 2, 0.6, { fill: hsl(tint, strength, level - 12) }))
  }
  if (chance.below(2) === 0) {
    const [x, y] = [width * between(chance, 0.05, 0.6), height * between(chance, 0.05, 0.25)]
    parts.push(
      rect(x, y, 30, 26, { fill: hsl(205, 40, between(chance, 70, 97)), stroke: '#f6f4ef', thick: 2 }),
      rect(x + 14.5, y, 1.2, 26, { fill: '#f6f4ef' }),
    )
  }
  return parts.join('')
}
