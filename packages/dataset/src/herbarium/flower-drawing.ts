/** A flower or its inflorescence, within about 45 units of the origin. */
import { line } from './leaf-drawing.ts'
import { petalPath, tenth } from './outline.ts'
import type { Paint } from './paint.ts'
import type { FlowerForm } from './plant-form.ts'

export function drawFlower(flower: FlowerForm, paint: Paint): string {
  switch (flower.kind) {
    case 'radial':
      return drawRadial(flower, 42, paint)
    case 'daisy':
      return drawDaisy(flower, 43, paint)
    case 'bell':
      return drawBell(flower, paint)
    case 'lipped':
      return drawLipped(flower, paint)
    case 'umbel':
      return drawUmbel(flower, paint)
    case 'spike':
      return drawSpike(flower, paint)
  }
}

function drawRadial(flower: FlowerForm, radius: number, paint: Paint): string {
  // As many petals as there are need room: wide ones overlap by at most half.
  const room = (2.6 * Math.PI) / flower.petals
  const petal = petalShape({ ...flower.petal, width: Math.min(flower.petal.width, room) }, radius, paint)
  const step = 360 / flower.petals
  const outer = ring(flower.petals, step, 0, petal)
  const inner =
    flower.whorls === 2 ? `<g transform="scale(.68)">${ring(flower.petals, step, step / 2, petal)}</g>` : ''
  return outer + inner + drawCentre(flower, radius, paint)
}

function drawCentre({ centre, stamens }: FlowerForm, radius: number, paint: Paint): string {
  const r = radius * centre
  const stamen = `${line(0, 0, 0, -r * 1.9, paint.centre, 1)}<circle cy="${tenth(-r * 2)}" r="${tenth(radius * 0.045)}" fill="${paint.centreDeep}"/>`
  const disc = `<circle r="${tenth(r)}" fill="url(#centre)" stroke="${paint.centreDeep}" stroke-width=".6"/>`
  return (stamens > 0 ? ring(stamens, 360 / stamens, 11, stamen) : '') + disc
}

function drawDaisy(flower: FlowerForm, radius: number, paint: Paint): string {
  const width = Math.min(flower.petal.width, 0.3)
  const petal = petalShape({ ...flower.petal, width }, radius, paint)
  const r = radius * (0.2 + flower.centre * 0.7)
  const step = 360 / flower.petals
  const florets = [0.75, 0.45].map((part) => {
    const floret = `<circle cy="${tenth(-r * part)}" r="${tenth(r * 0.1)}" fill="${paint.centreDeep}"/>`
    return ring(14, 360 / 14, part * 40, floret)
  })
  const behind = flower.whorls === 2 ? ring(flower.petals, step, step / 2, petal) : ''
  return `${behind}${ring(flower.petals, step, 0, petal)}<circle r="${tenth(r)}" fill="url(#centre)"/>${florets.join('')}`
}

/** Hanging bells on a bowed stem, seen from the side; the petals' tips are the rim. */
function drawBell(flower: FlowerForm, paint: Paint): string {
  const tips = Math.min(flower.petals, 6)
  const rim = Array.from({ length: tips }, (_, n) => {
    const x = -20 + (40 * (n + 0.5)) / tips
    const end = -20 + (40 * (n + 1)) / tips
    const depth = flower.petal.tip > 0.8 ? 36 : 31
    return `${flower.petal.tip > 0.8 ? 'L' : 'Q'}${tenth(x)} ${depth}${flower.petal.tip > 0.8 ? 'L' : ' '}${tenth(end)} 24`
  })
  const flare = 6 + 22 * flower.centre
  const side = `C-${tenth(flare + 6)} -24 -12 4 -20 24`
  const bell = `<path d="M0 -22${side}${rim.join('')}C12 4 ${tenth(flare + 6)} -24 0 -22Z" fill="url(#petal-down)" stroke="${paint.petalEdge}" stroke-width=".9"/>`
  const ribs = `<g stroke="${paint.petalDeep}" stroke-width=".9" fill="none" opacity=".7"><path d="M0 -20L0 26"/><path d="M-3 -19Q-7 5 -10 24"/><path d="M3 -19Q7 5 10 24"/></g>`
  const cap = `<path d="M-7 -17Q0 -30 7 -17Q0 -21 -7 -17Z" fill="${paint.leaf}"/>`
  const one = bell + ribs + cap
  const stem = `<path d="M-34 44Q-30 -34 0 -40Q22 -42 26 -26" fill="none" stroke="${paint.stem}" stroke-width="2"/>`
  return `${stem}<g transform="translate(26 -12)scale(.62)">${one}</g><g transform="translate(-4 -14)scale(1.02)">${one}</g>`
}

/** Two-sided: a hood, two wings and a broad lip, as in orchids and peas. */
function drawLipped(flower: FlowerForm, paint: Paint): string {
  const wing = petalShape({ ...flower.petal, width: Math.min(0.55, flower.petal.width) }, 38, paint)
  const hood = petalShape({ ...flower.petal, width: 0.5 + flower.centre }, 34, paint)
  const lip = petalShape(
    { width: 0.95, base: 1.4, tip: flower.petal.tip, notch: flower.petal.notch + 0.12 },
    42,
    paint,
  )
  const wings = flower.petals > 4 ? [-112, -62, 62, 112] : [-82, 82]
  const sides = wings.map((turn) => `<g transform="rotate(${turn})">${wing}</g>`).join('')
  const throat = `<ellipse cy="5" rx="6" ry="9" fill="url(#centre)"/>`
  const freckles = [-4, 0, 4].map(
    (x) => `<circle cx="${x}" cy="${18 - Math.abs(x)}" r="1.4" fill="${paint.petalEdge}"/>`,
  )
  return `${sides}<g>${hood}</g><g transform="rotate(180)">${lip}</g>${throat}${freckles.join('')}`
}

function drawUmbel(flower: FlowerForm, paint: Paint): string {
  const small = drawRadial(
    { ...flower, stamens: 0, whorls: 1, centre: 0.25, petals: Math.min(flower.petals, 6) },
    9,
    paint,
  )
  const rays: string[] = []
  const blossoms: string[] = []
  const count = 11
  for (let n = 0; n < count; n++) {
    const angle = ((n - (count - 1) / 2) * Math.PI * 0.86) / (count - 1)
    const reach = n % 2 === 0 ? 52 : 38
    const x = Math.sin(angle) * reach * 0.8
    const y = 18 - Math.cos(angle) * reach
    rays.push(line(0, 22, x, y, paint.stem, 1.2))
    blossoms.push(`<g transform="translate(${tenth(x)} ${tenth(y)})">${small}</g>`)
  }
  return line(0, 46, 0, 22, paint.stem, 2.4) + rays.join('') + blossoms.join('')
}

function drawSpike(flower: FlowerForm, paint: Paint): string {
  const small = drawRadial(
    { ...flower, stamens: 0, whorls: 1, centre: 0.22, petals: Math.min(flower.petals, 6) },
    10,
    paint,
  )
  const blossoms = Array.from({ length: 11 }, (_, n) => {
    const size = (1.15 - n * 0.065).toFixed(2)
    const x = (n % 2 === 0 ? -1 : 1) * (9 - n * 0.7)
    return `<g transform="translate(${tenth(x)} ${tenth(30 - n * 7)})scale(${size})">${small}</g>`
  })
  return line(0, 48, 0, -46, paint.stem, 2.4) + blossoms.join('')
}

function petalShape(petal: FlowerForm['petal'], length: number, paint: Paint): string {
  const edge = `<path d="${petalPath(petal, length)}" fill="url(#petal)" stroke="${paint.petalEdge}" stroke-width=".7"/>`
  return length < 15 ? edge : edge + line(0, -length * 0.2, 0, -length * 0.72, paint.petalDeep, 0.7)
}

function ring(count: number, step: number, first: number, inner: string): string {
  return Array.from(
    { length: count },
    (_, n) => `<g transform="rotate(${tenth(first + n * step)})">${inner}</g>`,
  ).join('')
}
