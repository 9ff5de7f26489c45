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
  const petal = petalShape({ ...petalOf(flower), width: Math.min(flower.petal.width, room) }, radius, paint)
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
  const width = Math.min(flower.petal.width, 3.2 / flower.petals)
  const petal = petalShape({ ...petalOf(flower), width }, radius, paint)
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
  const ribs = `<g stroke="${paint.petalDeep}" stroke-width="${flower.marking === 'striped' ? 2.6 : 0.9}" fill="none" opacity=".7"><path d="M0 -20L0 26"/><path d="M-3 -19Q-7 5 -10 24"/><path d="M3 -19Q7 5 10 24"/></g>`
  const cap = `<path d="M-7 -17Q0 -30 7 -17Q0 -21 -7 -17Z" fill="${paint.leaf}"/>`
  const one = bell + ribs + BELL_MARKS[flower.marking](paint) + cap
  const stem = `<path d="M-34 44Q-30 -34 0 -40Q22 -42 26 -26" fill="none" stroke="${paint.stem}" stroke-width="2"/>`
  return `${stem}<g transform="translate(26 -12)scale(.62)">${one}</g><g transform="translate(-4 -14)scale(1.02)">${one}</g>`
}

const BELL_MARKS: Record<FlowerForm['marking'], (paint: Paint) => string> = {
  plain: () => '',
  striped: () => '',
  eyed: ({ petalEdge }) =>
    [-10, 0, 10].map((x) => `<circle cx="${x}" cy="10" r="3" fill="${petalEdge}"/>`).join(''),
  tipped: ({ petalEdge }) => `<path d="M-16 14Q0 20 16 14L19 23Q0 29 -19 23Z" fill="${petalEdge}"/>`,
  edged: ({ petalEdge }) =>
    `<path d="M-20 24Q0 30 20 24" fill="none" stroke="${petalEdge}" stroke-width="3.4"/>`,
}

/** Two-sided: a hood, two wings and a broad lip, as in orchids and peas. */
function drawLipped(flower: FlowerForm, paint: Paint): string {
  const wing = petalShape({ ...petalOf(flower), width: Math.min(0.55, flower.petal.width) }, 38, paint)
  const hood = petalShape({ ...petalOf(flower), width: 0.5 + flower.centre }, 34, paint)
  const lip = petalShape(
    {
      marking: flower.marking,
      width: 0.95,
      base: 1.4,
      tip: flower.petal.tip,
      notch: flower.petal.notch + 0.12,
    },
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
  const count = flower.blossoms
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
  const blossoms = Array.from({ length: flower.blossoms }, (_, n) => {
    const t = n / flower.blossoms
    const size = (1.15 - t * 0.7).toFixed(2)
    const x = (n % 2 === 0 ? -1 : 1) * (9 - t * 7.7)
    return `<g transform="translate(${tenth(x)} ${tenth(30 - t * 77)})scale(${size})">${small}</g>`
  })
  return line(0, 48, 0, -46, paint.stem, 2.4) + blossoms.join('')
}

function petalOf({ petal, marking }: FlowerForm): Petal {
  return { ...petal, marking }
}

type Petal = FlowerForm['petal'] & { marking: FlowerForm['marking'] }

function petalShape(petal: Petal, length: number, paint: Paint): string {
  const path = petalPath(petal, length)
  const edge = petal.marking === 'edged' ? length * 0.07 : 0.7
  const shape = `<path d="${path}" fill="url(#petal)" stroke="${paint.petalEdge}" stroke-width="${tenth(edge)}"/>`
  return shape + drawMarking(petal, length, paint)
}

function drawMarking({ marking, width }: Petal, length: number, paint: Paint): string {
  const wide = Math.min(width, 0.6) * length
  const spot = (y: number, rx: number, ry: number) =>
    `<ellipse cy="${tenth(-y * length)}" rx="${tenth(rx * wide)}" ry="${tenth(ry * length)}" fill="${paint.petalEdge}"/>`
  if (marking === 'eyed') return spot(0.4, 0.26, 0.12)
  if (marking === 'tipped') return spot(0.84, 0.22, 0.09)
  if (marking !== 'striped' || length < 15)
    return length < 15 ? '' : line(0, -length * 0.2, 0, -length * 0.72, paint.petalDeep, 0.7)
  const stripes = [-0.2, 0, 0.2].map((x) =>
    line(0, -length * 0.2, x * wide, -length * 0.8, paint.petalEdge, length * 0.035),
  )
  return stripes.join('')
}

function ring(count: number, step: number, first: number, inner: string): string {
  return Array.from(
    { length: count },
    (_, n) => `<g transform="rotate(${tenth(first + n * step)})">${inner}</g>`,
  ).join('')
}
