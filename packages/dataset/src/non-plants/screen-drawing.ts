/** What is on screens: windows and telephones' pages, and charts. */
import { hsl } from '../herbarium/paint.ts'
import { writeBlock, writeLine } from './lettering.ts'
import { anyColour, between, ellipse, oneOf, path, rect, type Sheet, trail } from './pencil.ts'

type Theme = { paper: string; panel: string; ink: string; faint: string; accent: string }

function themeOf({ chance }: Sheet): Theme {
  const hue = 360 * chance.uniform()
  const tint = 20 * chance.uniform()
  const isDark = chance.below(3) === 0
  const accent = hsl(360 * chance.uniform(), between(chance, 50, 95), between(chance, 40, 60))
  return isDark
    ? {
        paper: hsl(hue, tint, 10),
        panel: hsl(hue, tint, 18),
        ink: hsl(hue, 8, 88),
        faint: hsl(hue, 8, 32),
        accent,
      }
    : {
        paper: hsl(hue, tint, 98),
        panel: hsl(hue, tint, 92),
        ink: hsl(hue, 10, 14),
        faint: hsl(hue, 8, 80),
        accent,
      }
}

export function drawInterface(sheet: Sheet): string {
  const theme = themeOf(sheet)
  const { width, height, chance } = sheet
  if (chance.below(3) === 0) return drawDesktop(sheet, theme)
  return drawWindow(sheet, theme, { x: 0, y: 0, width, height })
}

function drawDesktop(sheet: Sheet, theme: Theme): string {
  const { width, height, chance } = sheet
  const behind = rect(0, 0, width, height, {
    fill: anyColour(chance, between(chance, 10, 60), between(chance, 20, 70)),
  })
  const windows = Array.from({ length: 1 + chance.below(3) }, () => {
    const size = { width: width * between(chance, 0.4, 0.8), height: height * between(chance, 0.4, 0.8) }
    const at = { x: (width - size.width) * chance.uniform(), y: (height - size.height) * chance.uniform() }
    return drawWindow(sheet, themeOf(sheet), { ...at, ...size })
  })
  const bar = rect(0, height - 6, width, 6, { fill: theme.panel })
  const icons = Array.from({ length: 4 + chance.below(8) }, (_, n) =>
    rect(2 + n * 6, height - 5, 4, 4, { fill: anyColour(chance, 60, 55), round: 1 }),
  )
  return behind + windows.join('') + bar + icons.join('')
}

type Box = { x: number; y: number; width: number; height: number }

function drawWindow(sheet: Sheet, theme: Theme, box: Box): string {
  const { chance } = sheet
  const size = between(chance, 1.3, 3)
  const top = between(chance, 5, 9)
  const side = chance.below(2) === 0 ? box.width * between(chance, 0.16, 0.3) : 0
  const parts = [
    rect(box.x, box.y, box.width, box.height, { fill: theme.paper, stroke: theme.faint, round: 1 }),
    rect(box.x, box.y, box.width, top, { fill: oneOf(chance, [theme.panel, theme.accent]) }),
    writeLine(
      { x: box.x + 3, y: box.y + top / 2 - size / 2, width: box.width / 2, size, colour: theme.ink },
      chance,
    ),
    ...[0, 1, 2].map((n) =>
      ellipse(box.x + box.width - 3 - 3.5 * n, box.y + top / 2, 1, 1, {
        fill: oneOf(chance, [theme.ink, '#e5604d', '#4caf50', theme.faint]),
      }),
    ),
  ]
  if (side > 0) {
    parts.push(rect(box.x, box.y + top, side, box.height - top, { fill: theme.panel }))
    for (let y = box.y + top + 3; y < box.y + box.height - 4; y += size * 2.4) {
      if (chance.below(6) === 0)
        parts.push(rect(box.x + 1, y - 1, side - 2, size * 2, { fill: theme.accent, round: 1 }))
      parts.push(ellipse(box.x + 3, y + size / 2, size / 2, size / 2, { fill: theme.faint }))
      parts.push(writeLine({ x: box.x + 6, y, width: side - 8, size, colour: theme.ink }, chance))
    }
  }
  const inner = {
    x: box.x + side + 2,
    y: box.y + top + 2,
    width: box.width - side - 4,
    height: box.height - top - 4,
  }
  return parts.join('') + drawContent(sheet, theme, inner, size)
}

function drawContent(sheet: Sheet, theme: Theme, box: Box, size: number): string {
  const { chance } = sheet
  const parts: string[] = []
  let y = box.y
  const end = box.y + box.height
  while (y < end - 4) {
    const height = Math.min(end - y, between(chance, 6, 40))
    const area = { ...box, y, height }
    switch (chance.below(7)) {
      case 0:
        parts.push(
          writeLine(
            {
              x: box.x,
              y: y + 1,
              width: box.width * 0.7,
              size: Math.min(height - 2, size * 2.2),
              colour: theme.ink,
              weight: 1.3,
            },
            chance,
          ),
        )
        y += size * 4
        continue
      case 1:
      case 2:
        parts.push(writeBlock({ ...area, size, colour: theme.ink }, chance))
        break
      case 3:
        for (let x = box.x; x < box.x + box.width - 10; x += 18) {
          const isMain = chance.below(3) === 0
          parts.push(
            rect(x, y + 1, 15, 6, {
              fill: isMain ? theme.accent : theme.panel,
              stroke: theme.faint,
              round: 1.5,
            }),
          )
          parts.push(
            writeLine(
              {
                x: x + 2,
                y: y + 3,
                width: 12,
                size: Math.min(size, 2.2),
                colour: isMain ? theme.paper : theme.ink,
              },
              chance,
            ),
          )
        }
        y += 10
        continue
      case 4:
        for (let row = y; row < y + height - size * 2; row += size * 2.6) {
          parts.push(rect(box.x, row + size * 1.8, box.width, 0.3, { fill: theme.faint }))
          for (let column = 0; column < 4; column++)
            parts.push(
              writeLine(
                {
                  x: box.x + (box.width * column) / 4,
                  y: row,
                  width: box.width * between(chance, 0.08, 0.22),
                  size,
                  colour: theme.ink,
                },
                chance,
              ),
            )
        }
        break
      case 5: {
        const cards = 2 + chance.below(4)
        for (let n = 0; n < cards; n++) {
          const width = box.width / cards - 2
          const x = box.x + n * (width + 2)
          parts.push(rect(x, y, width, height - 1, { fill: theme.panel, stroke: theme.faint, round: 1 }))
          parts.push(
            rect(x + 1, y + 1, width - 2, height / 2, {
              fill: anyColour(chance, between(chance, 5, 60), between(chance, 30, 80)),
            }),
          )
          parts.push(
            writeBlock(
              {
                x: x + 1,
                y: y + height / 2 + 2.5,
                width: width - 2,
                height: height / 2 - 4,
                size: size * 0.8,
                colour: theme.ink,
              },
              chance,
            ),
          )
        }
        break
      }
      default:
        parts.push(
          rect(box.x, y + 1, box.width * between(chance, 0.4, 1), size * 2.4, {
            fill: theme.paper,
            stroke: theme.faint,
            round: 1,
          }),
        )
        parts.push(
          writeLine(
            { x: box.x + 2, y: y + 1 + size * 0.7, width: box.width * 0.3, size, colour: theme.faint },
            chance,
          ),
        )
        y += size * 4
        continue
    }
    y += height + 2
  }
  return parts.join('')
}

export function drawChart(sheet: Sheet): string {
  const { width, height, chance } = sheet
  const theme = themeOf(sheet)
  const [left, top, right, bottom] = [12, 12, width - 6, height - 10]
  const colours = Array.from({ length: 5 }, () =>
    anyColour(chance, between(chance, 40, 90), between(chance, 35, 65)),
  )
  const parts = [
    rect(0, 0, width, height, { fill: theme.paper }),
    writeLine({ x: left, y: 4, width: width * 0.6, size: 3, colour: theme.ink }, chance),
  ]
  const kind = chance.below(4)
  if (kind === 0) {
    const [x, y, radius] = [width / 2, height / 2 + 4, Math.min(width, height) * 0.34]
    let angle = 0
    for (const colour of [...colours, theme.faint]) {
      const next = Math.min(2 * Math.PI, angle + between(chance, 0.4, 1.6))
      const end = colour === theme.faint ? 2 * Math.PI : next
      const edge: [number, number][] = []
      for (let a = angle; a < end; a += 0.1) edge.push([x + radius * Math.cos(a), y + radius * Math.sin(a)])
      edge.push([x + radius * Math.cos(end), y + radius * Math.sin(end)])
      parts.push(path(trail([[x, y], ...edge], true), { fill: colour, stroke: theme.paper }))
      angle = end
    }
    return parts.join('')
  }
  for (let y = top; y <= bottom; y += (bottom - top) / 5) {
    parts.push(rect(left, y, right - left, 0.3, { fill: theme.faint }))
    parts.push(writeLine({ x: 3, y: y - 1, width: 8, size: 2, colour: theme.ink }, chance))
  }
  const points = 5 + chance.below(30)
  const step = (right - left) / points
  for (const [series, colour] of colours.slice(0, 1 + chance.below(4)).entries()) {
    let level = chance.uniform()
    const line: [number, number][] = []
    for (let n = 0; n < points; n++) {
      level = Math.min(1, Math.max(0.03, level + 0.35 * (chance.uniform() - 0.5)))
      const [x, y] = [left + step * (n + 0.5), bottom - level * (bottom - top)]
      if (kind === 1) parts.push(rect(x - step * 0.4 + series, y, step * 0.6, bottom - y, { fill: colour }))
      else if (kind === 2) parts.push(ellipse(x, y + 8 * (chance.uniform() - 0.5), 1, 1, { fill: colour }))
      line.push([x, y])
    }
    if (kind === 3) parts.push(path(trail(line), { stroke: colour, thick: between(chance, 0.5, 1.4) }))
  }
  parts.push(
    rect(left, top, 0.5, bottom - top, { fill: theme.ink }),
    rect(left, bottom, right - left, 0.5, { fill: theme.ink }),
  )
  return parts.join('')
}
