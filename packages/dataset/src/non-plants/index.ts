/**
 * Pictures that show no plant, drawn: what the check "is there a plant at all" learns to refuse. Kinds and details are invented
 * by a seeded generator, and no font is needed. They never stand in for a measurement: that takes real pictures, of other kinds.
 */
import { RandomStream } from '@worldflora/protocol/random'
import sharp from 'sharp'
import { photograph } from '../herbarium/photograph.ts'
import { drawBuilt } from './built-drawing.ts'
import { drawFace } from './face-drawing.ts'
import { drawTextPage } from './paper-drawing.ts'
import type { Sheet } from './pencil.ts'
import { drawChart, drawInterface } from './screen-drawing.ts'
import { drawSky, drawTexture, drawWall } from './surface-drawing.ts'
import { drawThings } from './thing-drawing.ts'

const DRAWINGS = {
  interface: drawInterface,
  chart: drawChart,
  'text page': drawTextPage,
  texture: drawTexture,
  sky: drawSky,
  wall: drawWall,
  face: drawFace,
  things: drawThings,
  built: drawBuilt,
} satisfies Record<string, (sheet: Sheet) => string>

export type NonPlantKind = keyof typeof DRAWINGS
export const NON_PLANT_KINDS = Object.keys(DRAWINGS) as NonPlantKind[]

/** A camera sees these; the others are as sharp and clean as a screen is, two times of three. */
const SEEN = new Set<NonPlantKind>(['sky', 'wall', 'face', 'things', 'built', 'texture'])

/** Of a screen's or a page's shapes: the shorter side in the drawing's units. */
const SHORTER_SIDE = 100

/** The n-th of a seed: a pure function of both. The kinds take turns. `size` is the shorter side in pixels. */
export async function drawNonPlant(
  seed: number,
  n: number,
  size: number,
): Promise<{ kind: NonPlantKind; jpeg: Uint8Array }> {
  const chance = new RandomStream(seed, 'nonPlants', n)
  const kind = NON_PLANT_KINDS[n % NON_PLANT_KINDS.length]!
  const shape = chance.below(3)
  const longer = chance.below(2) === 0 ? 4 / 3 : 16 / 9
  const sheet: Sheet = {
    width: SHORTER_SIDE * (shape === 1 ? longer : 1),
    height: SHORTER_SIDE * (shape === 2 ? longer : 1),
    chance,
  }
  const scale = size / SHORTER_SIDE
  const [width, height] = [Math.round(sheet.width * scale), Math.round(sheet.height * scale)]
  const drawn = DRAWINGS[kind](sheet)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${sheet.width} ${sheet.height}" preserveAspectRatio="none">${drawn}</svg>`
  const isSeen = SEEN.has(kind) ? chance.below(5) > 0 : chance.below(3) === 0
  const jpeg = isSeen ? await photograph(svg, 0.03 * chance.uniform() ** 2, chance) : await captured(svg)
  return { kind, jpeg }
}

function captured(svg: string): Promise<Uint8Array> {
  return sharp(Buffer.from(svg)).flatten({ background: 'white' }).jpeg({ quality: 92 }).toBuffer()
}
