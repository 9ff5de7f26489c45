/** Pages of text, as scanned or as photographed: columns, headings, a table or a box here and there. */
import { hsl } from '../herbarium/paint.ts'
import { writeBlock, writeLine } from './lettering.ts'
import { between, gradient, rect, type Sheet, turned } from './pencil.ts'

export function drawTextPage({ width, height, chance }: Sheet): string {
  const isPhoto = chance.below(2) === 0
  const paper = hsl(between(chance, 20, 60), isPhoto ? 14 : 4, between(chance, isPhoto ? 70 : 92, 99))
  const ink = hsl(between(chance, 200, 260), 12, between(chance, 6, 30))
  const margin = between(chance, 4, 14)
  const columns = 1 + chance.below(3)
  const size = between(chance, 1.2, 4)
  const inner = width - 2 * margin
  const parts = [rect(0, 0, width, height, { fill: paper })]
  let y = margin
  if (chance.below(2) === 0) {
    parts.push(
      writeLine(
        { x: margin, y, width: inner * between(chance, 0.5, 1), size: size * 2.4, colour: ink, weight: 1.2 },
        chance,
      ),
    )
    y += size * 4
  }
  const gap = 4
  const column = (inner - gap * (columns - 1)) / columns
  const spacing = between(chance, 1.5, 2.2)
  for (let n = 0; n < columns; n++) {
    const x = margin + n * (column + gap)
    parts.push(
      writeBlock({ x, y, width: column, height: height - y - margin, size, colour: ink, spacing }, chance),
    )
    if (chance.below(4) > 0) continue
    const at = between(chance, y, height * 0.7)
    parts.push(
      rect(x, at, column, between(chance, 10, 24), {
        fill: hsl(360 * chance.uniform(), 20, between(chance, 30, 90)),
      }),
    )
  }
  const page = parts.join('')
  if (!isPhoto) return page
  const table = rect(0, 0, width, height, {
    fill: hsl(360 * chance.uniform(), between(chance, 5, 40), between(chance, 15, 60)),
  })
  const light = gradient('light', '#fff', '#000', [chance.uniform(), 0, chance.uniform(), 1])
  const shade = rect(0, 0, width, height, { fill: 'url(#light)', opacity: between(chance, 0.05, 0.25) })
  return light + table + turned(page, between(chance, -14, 14), width / 2, height / 2) + shade
}
