/** What fills a picture without being a thing: textures, skies, walls, gradients. */
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
  turned,
} from './pencil.ts'

export function drawTexture(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const hue = oneOf(chance, [20, 28, 36, 210, 0, 340, 260, 45])! + 20 * (chance.uniform() - 0.5)
  const saturation = between(chance, 0, 45)
  const colour = (lightness: number) => hsl(hue, saturation, lightness)
  const base = between(chance, 25, 70)
  const behind = rect(0, 0, width, height, { fill: colour(base) })
  const grain = () => {
    const strength = between(chance, 0.1, 0.6).toFixed(2)
    const frequency = between(chance, 0.02, 0.6).toFixed(3)
    const stretched =
      chance.below(3) === 0 ? `${frequency} ${(Number(frequency) / 12).toFixed(4)}` : frequency
    const kind = oneOf(chance, ['turbulence', 'fractalNoise'] as const)
    return noiseLayer(sheet, {
      kind,
      frequency: stretched,
      octaves: 1 + chance.below(5),
      colour: `0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ${strength} ${strength} ${strength} 0 0`,
    })
  }
  const tiles: string[] = []
  const step = between(chance, 4, 22)
  switch (chance.below(6)) {
    case 0:
      return behind + grain() + (chance.below(2) === 0 ? grain() : '')
    case 1:
      for (let y = 0, row = 0; y < height; y += step * 0.5, row++)
        for (let x = row % 2 === 0 ? 0 : -step / 2; x < width; x += step)
          tiles.push(
            rect(x, y, step - 0.6, step * 0.5 - 0.6, { fill: colour(base + between(chance, -8, 12)) }),
          )
      return rect(0, 0, width, height, { fill: colour(base + 20) }) + tiles.join('') + grain()
    case 2: {
      const other = anyColour(chance, between(chance, 10, 70), between(chance, 20, 80))
      for (let x = -width; x < 2 * width; x += step)
        tiles.push(rect(x, -height, step / 2, 3 * height, { fill: other, opacity: 0.8 }))
      return (
        behind +
        turned(tiles.join(''), 180 * chance.uniform(), width / 2, height / 2) +
        (chance.below(2) === 0 ? grain() : '')
      )
    }
    case 3:
      for (let y = 0; y < height; y += step)
        for (let x = 0; x < width; x += step)
          tiles.push(
            chance.below(2) === 0
              ? rect(x, y, step, step, { fill: colour(base + between(chance, -25, 25)) })
              : ellipse(x + step / 2, y + step / 2, step * 0.4, step * 0.4, {
                  fill: colour(base + between(chance, -25, 25)),
                }),
          )
      return behind + tiles.join('')
    case 4:
      for (let n = 0; n < 400; n++) {
        const size = between(chance, 1, step / 3)
        const at: [number, number] = [width * chance.uniform(), height * chance.uniform()]
        tiles.push(
          ellipse(...at, size, size * between(chance, 0.6, 1), {
            fill: colour(base + between(chance, -22, 22)),
            stroke: colour(base - 25),
            thick: 0.3,
          }),
        )
      }
      return behind + tiles.join('') + grain()
    default: {
      const thread = between(chance, 0.8, 2.5)
      for (let x = 0; x < width; x += thread)
        tiles.push(
          rect(x, 0, thread * 0.6, height, { fill: colour(base + between(chance, -10, 10)), opacity: 0.7 }),
        )
      for (let y = 0; y < height; y += thread)
        tiles.push(
          rect(0, y, width, thread * 0.6, { fill: colour(base + between(chance, -10, 10)), opacity: 0.5 }),
        )
      return behind + turned(tiles.join(''), between(chance, -30, 30), width / 2, height / 2)
    }
  }
}

export function drawSky(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const [low, high] = oneOf(chance, [
    [hsl(205, 60, 82), hsl(214, 65, between(chance, 35, 65))],
    [hsl(25, 85, 65), hsl(240, 35, 35)],
    [hsl(340, 60, 70), hsl(260, 40, 28)],
    [hsl(210, 8, 80), hsl(212, 10, 52)],
    [hsl(230, 40, 20), hsl(235, 50, 6)],
    [anyColour(chance, 50, 70), anyColour(chance, 50, 40)],
  ] as const)
  const behind =
    gradient('sky', high, low, [0, 0, 0.3 * chance.uniform(), 1]) +
    rect(0, 0, width, height, { fill: 'url(#sky)' })
  if (chance.below(5) === 0) return behind
  const frequency = between(chance, 0.005, 0.03)
  const clouds = noiseLayer(sheet, {
    kind: 'fractalNoise',
    frequency: `${frequency.toFixed(4)} ${(frequency * between(chance, 1, 3)).toFixed(4)}`,
    octaves: 5,
    colour: `0 0 0 0 1 0 0 0 0 1 0 0 0 0 1 ${between(chance, 2, 5).toFixed(1)} 0 0 0 ${between(chance, -2.2, -0.6).toFixed(1)}`,
  })
  const sun =
    chance.below(4) === 0
      ? ellipse(width * chance.uniform(), height * chance.uniform(), 4, 4, { fill: '#fff6d8' })
      : ''
  const hill: [number, number][] = [[0, height]]
  let y = height * between(chance, 0.75, 0.95)
  for (let x = 0; x <= width; x += 6) {
    y += between(chance, -3, 3)
    hill.push([x, y])
  }
  hill.push([width, height])
  const land =
    chance.below(3) === 0 ? path(trail(hill, true), { fill: hsl(220, 15, between(chance, 5, 30)) }) : ''
  return behind + sun + clouds + land
}

export function drawWall(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const hue = oneOf(chance, [40, 30, 50, 210, 200, 0, 20])
  const [saturation, lightness] = [between(chance, 0, 22), between(chance, 30, 95)]
  const fall = between(chance, 3, 26)
  const light = gradient('wall', hsl(hue, saturation, lightness), hsl(hue, saturation, lightness - fall), [
    chance.uniform(),
    chance.uniform(),
    chance.uniform(),
    chance.uniform(),
  ])
  const parts = [light, rect(0, 0, width, height, { fill: 'url(#wall)' })]
  const plaster = between(chance, 0.02, 0.16).toFixed(2)
  if (chance.below(3) > 0)
    parts.push(
      noiseLayer(sheet, {
        kind: 'fractalNoise',
        frequency: between(chance, 0.05, 0.9).toFixed(3),
        octaves: 3,
        colour: `0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ${plaster} ${plaster} 0 0`,
      }),
    )
  const soft = '<filter id="soft"><feGaussianBlur stdDeviation="2.5"/></filter>'
  if (chance.below(2) === 0) {
    const x = width * chance.uniform()
    const shadow = path(
      trail(
        [
          [x, 0],
          [x + between(chance, 10, 70), 0],
          [x + between(chance, -40, 60), height],
          [x - between(chance, 10, 60), height],
        ],
        true,
      ),
      { fill: '#000', opacity: between(chance, 0.06, 0.3), more: 'filter="url(#soft)"' },
    )
    parts.push(soft, shadow)
  }
  switch (chance.below(5)) {
    case 0:
      parts.push(
        rect(0, height * between(chance, 0.75, 0.95), width, height, {
          fill: hsl(25, 25, between(chance, 20, 70)),
        }),
      )
      break
    case 1: {
      const [x, y] = [width * chance.uniform(), height * chance.uniform()]
      parts.push(
        rect(x, y, 9, 9, { fill: '#f4f2ec', stroke: '#c9c4b8', round: 1 }),
        ellipse(x + 4.5, y + 4.5, 2.6, 2.6, { fill: '#dcd8cf' }),
      )
      break
    }
    case 2:
      parts.push(rect(width * chance.uniform(), 0, 0.6, height, { fill: '#000', opacity: 0.25 }))
      break
  }
  return parts.join('')
}
