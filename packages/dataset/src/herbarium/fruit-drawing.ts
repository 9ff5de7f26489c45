/** Ripe fruits on their stalks, within about 45 units of the origin. */
import { line } from './leaf-drawing.ts'
import { tenth } from './outline.ts'
import type { Paint } from './paint.ts'
import type { FruitForm } from './plant-form.ts'

/** Base (top, where it hangs) at the origin, about 40 units long. */
function drawOne({ kind, width }: FruitForm, paint: Paint): string {
  const w = 11 * width
  const edge = `stroke="${paint.fruitDeep}" stroke-width="1"`
  switch (kind) {
    case 'berries':
      return `<circle cy="14" r="13" fill="url(#fruit)" ${edge}/><circle cx="-4" cy="9" r="3" fill="#fff" opacity=".5"/>`
    case 'hips':
      return `<path d="M0 0C${tenth(w + 8)} 2 ${tenth(w + 6)} 30 3 36L-3 36C-${tenth(w + 6)} 30 -${tenth(w + 8)} 2 0 0Z" fill="url(#fruit)" ${edge}/><path d="M-7 43L-3 35L0 44L3 35L7 43" fill="none" stroke="${paint.stem}" stroke-width="2"/>`
    case 'pods': {
      const seeds = [10, 19, 28].map(
        (y) => `<circle cx="${tenth(y / 6)}" cy="${y}" r="3.6" fill="${paint.fruitLight}"/>`,
      )
      return `<path d="M0 0C12 6 16 30 6 42C-4 34 -8 10 0 0Z" fill="url(#fruit)" ${edge}/>${seeds.join('')}`
    }
    case 'capsules':
      return `<path d="M-3 0L3 0C${tenth(w + 10)} 12 ${tenth(w + 4)} 28 8 32L-8 32C-${tenth(w + 4)} 28 -${tenth(w + 10)} 12 -3 0Z" fill="url(#fruit)" ${edge}/><path d="M-12 32H12L8 37H-8Z" fill="${paint.fruitDeep}"/><path d="M0 2V31M-6 4Q-9 18 -5 31M6 4Q9 18 5 31" fill="none" ${edge} opacity=".6"/>`
    case 'samaras': {
      const wing = `<path d="M0 4C10 6 ${tenth(w + 14)} 20 ${tenth(w + 8)} 40C8 36 2 18 0 4Z" fill="url(#fruit)" ${edge} opacity=".85"/>`
      return `${wing}<g transform="scale(-1 1)">${wing}</g><circle cy="5" r="5" fill="${paint.fruitDeep}"/>`
    }
    case 'burrs': {
      const spines = Array.from(
        { length: 18 },
        (_, n) =>
          `<g transform="translate(0 17)rotate(${n * 20})">${line(0, 0, 0, -21, paint.fruitDeep, 1.3)}</g>`,
      )
      return `${spines.join('')}<circle cy="17" r="12" fill="url(#fruit)" ${edge}/>`
    }
    case 'cones': {
      const scales = [0, 1, 2, 3, 4, 5].flatMap((row) =>
        [-1, 0, 1].map((column) => {
          const x = (column + (row % 2) / 2 - 0.25) * (9 - Math.abs(row - 2))
          return `<ellipse cx="${tenth(x)}" cy="${6 + row * 6}" rx="6" ry="5" fill="url(#fruit)" ${edge}/>`
        }),
      )
      return scales.join('')
    }
  }
}

export function drawFruit(fruit: FruitForm, paint: Paint): string {
  const one = drawOne(fruit, paint)
  if (fruit.count === 1) {
    return `<path d="M0 -46Q4 -34 0 -26" fill="none" stroke="${paint.stem}" stroke-width="2.6"/><g transform="translate(0 -26)scale(1.7)">${one}</g>`
  }
  const size = [0, 0, 1.15, 1.0, 0.9, 0.8][fruit.count]!
  const fruits: string[] = []
  for (let n = 0; n < fruit.count; n++) {
    const side = n - (fruit.count - 1) / 2
    const x = (side * 60) / fruit.count
    const y = -14 + (n % 2) * 12 + Math.abs(side) * 2
    fruits.push(line(0, -44, x, y, paint.stem, 1.8))
    fruits.push(
      `<g transform="translate(${tenth(x)} ${tenth(y)})rotate(${tenth(-side * 7)})scale(${size})">${one}</g>`,
    )
  }
  return fruits.join('')
}
