/** The whole plant: stem, leaves in their order on it, a flower on top; within about 47 units of the origin. */
import { drawFlower } from './flower-drawing.ts'
import { drawBlade, line } from './leaf-drawing.ts'
import { tenth } from './outline.ts'
import type { Paint } from './paint.ts'
import type { LeafForm, PlantForm } from './plant-form.ts'

export function drawHabit({ leaf, flower, habit }: PlantForm, paint: Paint): string {
  const blade = `<symbol id="blade" overflow="visible">${drawBlade(fromAfar(leaf), 46, paint)}</symbol>`
  const leafAt = (y: number, degrees: number, size: number) =>
    `<use href="#blade" transform="translate(0 ${tenth(y)})rotate(${tenth(degrees)})scale(${size.toFixed(2)})"/>`
  const top = `<g transform="translate(0 -32)scale(.38)">${drawFlower({ ...flower, stamens: 0 }, paint)}</g>`
  const stem = line(0, 48, 0, -26, paint.stem, 2.2)
  if (habit.phyllotaxy === 'rosette') {
    const leaves = [-86, 86, -58, 58, -28, 28].map((degrees) => leafAt(40, degrees, 0.95))
    return blade + stem + leaves.join('') + top
  }
  const leaves: string[] = []
  for (let node = 0; node < habit.nodes; node++) {
    const y = 36 - (node * 54) / habit.nodes
    const size = 0.82 - (0.36 * node) / habit.nodes
    if (habit.phyllotaxy === 'alternate') leaves.push(leafAt(y, node % 2 === 0 ? -58 : 58, size * 1.1))
    else if (habit.phyllotaxy === 'opposite') leaves.push(leafAt(y, -60, size), leafAt(y, 60, size))
    else for (const degrees of [-84, -42, 42, 84]) leaves.push(leafAt(y, degrees, size * 0.75))
  }
  return blade + stem + leaves.join('') + top
}

/** As much of a leaf as shows in a photo of the whole plant. */
function fromAfar(leaf: LeafForm): LeafForm {
  const pairs = leaf.kind === 'pinnate' || leaf.kind === 'fern'
  return { ...leaf, venation: 'midrib', leaflets: pairs ? Math.min(leaf.leaflets, 5) : leaf.leaflets }
}
