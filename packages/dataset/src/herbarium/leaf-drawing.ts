/** A leaf, about 90 units long, its middle at the origin. */
import { bladePath, ENTIRE, halfWidth, tenth } from './outline.ts'
import type { Paint } from './paint.ts'
import type { LeafForm, Outline } from './plant-form.ts'

const STALK: Record<LeafForm['kind'], number> = {
  simple: 16,
  palmate: 22,
  pinnate: 8,
  trifoliate: 26,
  fan: 26,
  fern: 6,
}

export function drawLeaf(leaf: LeafForm, paint: Paint): string {
  const stalk = STALK[leaf.kind]
  const blade = 92 - stalk
  const drawn = `${line(0, stalk, 0, 0, paint.stem, 2.4)}${drawBlade(leaf, blade, paint)}`
  return `<g transform="translate(0 ${tenth(blade / 2 - stalk / 3)})">${drawn}</g>`
}

/** Without its stalk: base at the origin, `length` upwards. */
export function drawBlade(leaf: LeafForm, length: number, paint: Paint): string {
  switch (leaf.kind) {
    case 'simple':
      return drawLamina(leaf, length, paint)
    case 'palmate':
      return drawPalmate(leaf, length, paint)
    case 'trifoliate':
      return drawFan(leaf, length * 0.62, 78, paint)
    case 'fan':
      return drawFan(leaf, length * 0.66, 34, paint)
    case 'pinnate':
      return drawPinnate(leaf, length, length * 0.36, paint)
    case 'fern':
      return drawPinnate(
        { ...leaf, outline: { ...leaf.outline, width: leaf.outline.width * 0.8 } },
        length,
        length * 0.4,
        paint,
      )
  }
}

function drawLamina(leaf: LeafForm, length: number, paint: Paint): string {
  const path = bladePath(leaf.outline, leaf.margin, length)
  const shape = `<path d="${path}" fill="url(#leaf)" stroke="${paint.leafDark}" stroke-width=".8"/>`
  return shape + drawVeins(leaf, length, paint)
}

function drawVeins({ outline, venation }: LeafForm, length: number, paint: Paint): string {
  const midrib = line(0, 0, 0, -0.96 * length, paint.vein, 1.5)
  if (venation === 'midrib') return midrib
  const veins: string[] = []
  if (venation === 'parallel') {
    for (const side of [-0.66, -0.33, 0.33, 0.66]) {
      const x = side * 0.86 * halfWidth(outline, 0.45) * length * 1.3
      veins.push(
        curve(`M0 0Q${tenth(x)} ${tenth(-0.45 * length)} ${tenth(x * 0.12)} ${tenth(-0.92 * length)}`),
      )
    }
  } else if (venation === 'palmate') {
    for (const side of [-1, 1]) {
      for (const t of [0.28, 0.55]) {
        const x = side * 0.8 * halfWidth(outline, t) * length
        veins.push(
          curve(`M0 0Q${tenth(x * 0.8)} ${tenth(-t * 0.3 * length)} ${tenth(x)} ${tenth(-t * length)}`),
        )
      }
    }
  } else {
    for (let t = 0.12; t < 0.8; t += 0.13) {
      const end = Math.min(t + 0.16, 0.97)
      const x = 0.82 * halfWidth(outline, end) * length
      for (const side of [-1, 1]) {
        const bend = `${tenth(side * x * 0.6)} ${tenth(-(t + 0.05) * length)}`
        veins.push(curve(`M0 ${tenth(-t * length)}Q${bend} ${tenth(side * x)} ${tenth(-end * length)}`))
      }
    }
  }
  return `${midrib}<g fill="none" stroke="${paint.vein}" stroke-width=".8" opacity=".75">${veins.join('')}</g>`
}

/** Lobes that grow together: first all edges, then all fills, so that no edge shows inside. */
function drawPalmate(leaf: LeafForm, length: number, paint: Paint): string {
  const lobe: Outline = {
    ...leaf.outline,
    width: Math.max(0.34, Math.min(leaf.outline.width, 0.6)),
    base: Math.min(leaf.outline.base, 0.75),
    heart: 0,
  }
  const path = bladePath(lobe, leaf.margin.kind === 'lobed' ? ENTIRE : leaf.margin, length * 0.78)
  const lobes = spread(leaf.leaflets, 250 / leaf.leaflets)
  const at = (degrees: number, inner: string) => `<g transform="${turned(degrees)}">${inner}</g>`
  const edges = lobes
    .map((one) => at(one, `<path d="${path}" stroke="${paint.leafDark}" stroke-width="1.6"/>`))
    .join('')
  const fills = lobes.map((one) => at(one, `<path d="${path}" fill="url(#leaf)"/>`)).join('')
  const heart = `<circle cy="-4" r="${tenth(length * 0.12)}" fill="${paint.leaf}"/>`
  const ribs = lobes.map((one) => at(one, line(0, 0, 0, -0.68 * length, paint.vein, 1.2))).join('')
  const stalk = line(0, 0, 0, -length * 0.22, paint.stem, 2.4)
  return `${stalk}<g transform="translate(0 ${tenth(-length * 0.22)})"><g fill="none">${edges}</g>${fills}${heart}${ribs}</g>`
}

function drawFan(leaf: LeafForm, length: number, degreesApart: number, paint: Paint): string {
  const leaflet = drawLamina(leaf, length, paint)
  const degrees = spread(leaf.leaflets, degreesApart)
  const leaflets = degrees.map((one) => {
    const shorter = 1 - Math.abs(one) / 450
    return `<g transform="${turned(one)}scale(${shorter.toFixed(2)})translate(0 -3)">${leaflet}</g>`
  })
  return `<g transform="translate(0 ${tenth(-length * 0.36)})">${leaflets.join('')}</g>${line(0, 0, 0, -length * 0.36, paint.stem, 2)}`
}

function drawPinnate(leaf: LeafForm, length: number, leafletLength: number, paint: Paint): string {
  const path = bladePath(
    { ...leaf.outline, heart: 0 },
    leaf.leaflets > 5 ? ENTIRE : leaf.margin,
    leafletLength,
  )
  const leaflet = `<path d="${path}" fill="url(#leaf)" stroke="${paint.leafDark}" stroke-width=".6"/>${line(0, 0, 0, -leafletLength * 0.9, paint.vein, 0.8)}`
  const pairs = Array.from({ length: leaf.leaflets }, (_, n) => {
    const t = 0.1 + (0.78 * n) / leaf.leaflets
    const size = (leaf.kind === 'fern' ? 1 - 0.72 * t : 1 - 0.3 * Math.abs(t - 0.4)).toFixed(2)
    const y = tenth(-t * length)
    const sides = [-62, 62].map(
      (side) => `<g transform="translate(0 ${y})${turned(side)}scale(${size})">${leaflet}</g>`,
    )
    return sides.join('')
  })
  const last = `<g transform="translate(0 ${tenth(-0.82 * length)})scale(${leaf.kind === 'fern' ? 0.45 : 0.8})">${leaflet}</g>`
  return `${line(0, 0, 0, -0.84 * length, paint.stem, 1.8)}${pairs.join('')}${last}`
}

/** `count` directions about straight up. */
function spread(count: number, degreesApart: number): number[] {
  return Array.from({ length: count }, (_, n) => (n - (count - 1) / 2) * degreesApart)
}

function turned(degrees: number): string {
  return `rotate(${tenth(degrees)})`
}

function curve(path: string): string {
  return `<path d="${path}"/>`
}

export function line(x1: number, y1: number, x2: number, y2: number, colour: string, width: number): string {
  const ends = `x1="${tenth(x1)}" y1="${tenth(y1)}" x2="${tenth(x2)}" y2="${tenth(y2)}"`
  return `<line ${ends} stroke="${colour}" stroke-width="${width}" stroke-linecap="round"/>`
}
