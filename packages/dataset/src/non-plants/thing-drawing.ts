/** People, things, rooms, houses and roads: drawn flat, or shaded as if a camera had seen them. */
import { hsl } from '../herbarium/paint.ts'
import { writeLine } from './lettering.ts'
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
  turned,
} from './pencil.ts'

const soft = (deviation: number) =>
  `<filter id="soft" x="-.5" y="-.5" width="2" height="2"><feGaussianBlur stdDeviation="${deviation}"/></filter>`

/** Out of focus, of no colour that leaves have. */
function blurredRoom({ width, height, chance }: Sheet): string {
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

const SKINS = [
  [22, 55, 82],
  [20, 48, 74],
  [22, 42, 62],
  [20, 40, 48],
  [18, 38, 34],
  [16, 32, 24],
] as const

export function drawFace(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const parts = [blurredRoom(sheet)]
  const people = chance.below(4) === 0 ? 2 + chance.below(3) : 1
  for (let n = 0; n < people; n++) {
    const size = (people === 1 ? between(chance, 0.5, 1.3) : between(chance, 0.25, 0.45)) * 34
    const x = people === 1 ? width / 2 + between(chance, -14, 14) : (width * (n + 0.5)) / people
    parts.push(
      turned(
        drawPerson(sheet, x, height * between(chance, 0.38, 0.55), size, n),
        between(chance, -14, 14),
        x,
        height / 2,
      ),
    )
  }
  return parts.join('')
}

function drawPerson({ height, chance }: Sheet, x: number, y: number, size: number, n: number): string {
  const [hue, saturation, lightness] = oneOf(chance, SKINS)
  const tone = (lighter: number) => hsl(hue, saturation, lightness + lighter)
  const isCartoon = chance.below(4) === 0
  const hair = hsl(between(chance, 10, 45), between(chance, 5, 60), between(chance, 5, 65))
  const [wide, high] = [size * between(chance, 0.68, 0.84), size]
  const turn = between(chance, -0.25, 0.25) * wide
  const id = `skin${n}`
  const shading = `<radialGradient id="${id}" cx="${between(chance, 0.25, 0.7).toFixed(2)}" cy=".35" r=".8"><stop offset="0" stop-color="${tone(9)}"/><stop offset=".6" stop-color="${tone(0)}"/><stop offset="1" stop-color="${tone(-20)}"/></radialGradient>`
  const skin = isCartoon ? tone(0) : `url(#${id})`
  const cloth = anyColour(chance, between(chance, 5, 70), between(chance, 12, 75))
  const longHair = chance.below(2) === 0
  const parts = [shading]
  if (longHair) parts.push(ellipse(x, y + high * 0.2, wide * 1.3, high * 1.35, { fill: hair }))
  parts.push(
    path(
      `M${x - size * 1.7} ${height + 30}C${x - size * 1.6} ${y + high * 1.3} ${x - wide * 0.6} ${y + high * 1.25} ${x} ${y + high * 1.25}S${x + size * 1.6} ${y + high * 1.3} ${x + size * 1.7} ${height + 30}Z`,
      { fill: cloth },
    ),
    rect(x - wide * 0.42, y + high * 0.6, wide * 0.84, high * 0.75, { fill: tone(-10), round: 3 }),
    ellipse(x - wide, y + high * 0.05, wide * 0.16, high * 0.2, { fill: tone(-8) }),
    ellipse(x + wide, y + high * 0.05, wide * 0.16, high * 0.2, { fill: tone(-8) }),
    ellipse(x, y, wide, high, { fill: skin }),
  )
  if (chance.below(6) > 0) {
    const fringe = between(chance, -0.55, -0.2)
    parts.push(
      path(
        `M${x - wide * 1.05} ${y}C${x - wide * 1.2} ${y - high * 1.5} ${x + wide * 1.2} ${y - high * 1.5} ${x + wide * 1.05} ${y}C${x + wide * 0.8} ${y + high * fringe} ${x - wide * 0.3} ${y + high * (fringe - 0.2)} ${x - wide * 1.05} ${y}Z`,
        { fill: hair },
      ),
    )
  }
  const eyeY = y - high * 0.06
  const iris = hsl(oneOf(chance, [25, 25, 205, 110, 35]), between(chance, 20, 60), between(chance, 15, 45))
  const open = between(chance, 0.05, 0.1)
  for (const side of [-1, 1]) {
    const eyeX = x + turn + side * wide * 0.42
    parts.push(
      path(
        `M${eyeX - wide * 0.24} ${eyeY - high * 0.17}Q${eyeX} ${eyeY - high * 0.24} ${eyeX + wide * 0.24} ${eyeY - high * 0.16}`,
        { stroke: hair, thick: size * 0.05 },
      ),
      ellipse(eyeX, eyeY, wide * 0.2, high * open, { fill: '#f7f4f0', stroke: tone(-30), thick: 0.3 }),
      ellipse(eyeX, eyeY, wide * 0.09, high * open, { fill: iris }),
      ellipse(eyeX, eyeY, wide * 0.04, high * open * 0.5, { fill: '#0a0808' }),
    )
  }
  if (chance.below(4) === 0) {
    for (const side of [-1, 1])
      parts.push(
        ellipse(x + turn + side * wide * 0.42, eyeY, wide * 0.32, high * 0.17, {
          stroke: '#1c1a1a',
          thick: 0.7,
        }),
      )
  }
  const mouthY = y + high * 0.5
  const smile = between(chance, -0.03, 0.16) * high
  const lip = hsl(between(chance, -8, 14), 45, Math.max(20, lightness - 22))
  parts.push(
    path(
      `M${x + turn} ${y}L${x + turn * 1.5 + wide * 0.13} ${y + high * 0.26}L${x + turn} ${y + high * 0.28}`,
      { stroke: tone(-16), thick: size * 0.025 },
    ),
    path(
      `M${x + turn - wide * 0.32} ${mouthY}Q${x + turn} ${mouthY + smile * 2} ${x + turn + wide * 0.32} ${mouthY}Q${x + turn} ${mouthY + smile + high * 0.1} ${x + turn - wide * 0.32} ${mouthY}Z`,
      { fill: chance.below(3) === 0 ? '#f5efe8' : lip, stroke: lip, thick: 0.7 },
    ),
  )
  if (chance.below(5) === 0)
    parts.push(ellipse(x, y + high * 0.72, wide * 0.6, high * 0.3, { fill: hair, opacity: 0.75 }))
  return parts.join('')
}

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
