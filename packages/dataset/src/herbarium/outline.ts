/**
 * Blades and petals as SVG paths: base at the origin, tip upwards. Coordinates are rounded to a tenth of a unit, so that the
 * last bits of sines and powers, which engines may choose, do not reach the picture.
 */
import type { Margin, Outline } from './plant-form.ts'

export type Point = readonly [x: number, y: number]

export const ENTIRE: Margin = { kind: 'entire', teeth: 0, depth: 0 }

export function tenth(value: number): string {
  return String(Math.round(value * 10) / 10)
}

function closedPath(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${tenth(x)} ${tenth(y)}`).join('L')}Z`
}

/** Half the width at t of a blade of length 1 (see `Outline`). */
export function halfWidth(outline: Pick<Outline, 'width' | 'base' | 'tip'>, t: number): number {
  const widest = outline.base / (outline.base + outline.tip)
  const largest = widest ** outline.base * (1 - widest) ** outline.tip
  return ((outline.width / 2) * t ** outline.base * (1 - t) ** outline.tip) / largest
}

export function bladePath(outline: Outline, margin: Margin, length: number): string {
  const perSide = margin.teeth > 0 ? margin.teeth * 6 : 22
  const right: Point[] = []
  for (let n = 0; n <= perSide; n++) {
    const t = n / perSide
    const back = outline.heart * 1.9 * Math.sin(Math.PI * Math.min(t / 0.32, 1))
    const x = halfWidth(outline, t) * marginFactor(margin, t)
    right.push([x * length, -(t - back) * length])
  }
  const left = right.slice(1, -1).reverse()
  return closedPath([...right, ...left.map(([x, y]): Point => [-x, y])])
}

/** Petals may be notched at the tip. */
export function petalPath(
  petal: { width: number; base: number; tip: number; notch: number },
  length: number,
): string {
  const perSide = 14
  const right: Point[] = []
  for (let n = 0; n <= perSide; n++) {
    const t = n / perSide
    const notch = petal.notch * Math.max(0, (t - 0.86) / 0.14)
    right.push([halfWidth(petal, t) * length, -(t - notch) * length])
  }
  const left = right.slice(1, -1).reverse()
  return closedPath([...right, ...left.map(([x, y]): Point => [-x, y])])
}

/** How much of the width is left at t, between the teeth or lobes. */
function marginFactor({ kind, teeth, depth }: Margin, t: number): number {
  const phase = (t * teeth) % 1
  if (kind === 'serrate') return 1 - depth * (1 - phase) * 1.6
  if (kind === 'crenate') return 1 - depth * (1 - Math.abs(Math.sin(Math.PI * phase))) * 1.5
  if (kind === 'lobed') return 1 - depth * (0.5 + 0.5 * Math.cos(2 * Math.PI * phase))
  if (kind === 'spiny') return 1 - depth * (1 - (1 - Math.abs(2 * phase - 1)) ** 2)
  return 1
}
