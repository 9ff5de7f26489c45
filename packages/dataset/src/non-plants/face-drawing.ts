/** People, as if a camera had seen them. */
import { hsl } from '../herbarium/paint.ts'
import { blurredRoom } from './out-of-focus.ts'
import { anyColour, between, ellipse, oneOf, path, rect, type Sheet, turned } from './pencil.ts'

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
