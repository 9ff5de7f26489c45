/** Shapes as SVG, in the frame's own units: its shorter side is 100. */
import type { RandomStream } from '@worldflora/protocol/random'
import { tenth } from '../herbarium/outline.ts'
import { hsl } from '../herbarium/paint.ts'

export type Sheet = { width: number; height: number; chance: RandomStream }
type Look = {
  fill?: string
  stroke?: string
  thick?: number
  round?: number
  opacity?: number
  more?: string
}

export function rect(x: number, y: number, width: number, height: number, look: Look): string {
  const size = `width="${tenth(Math.max(0, width))}" height="${tenth(Math.max(0, height))}"`
  return `<rect x="${tenth(x)}" y="${tenth(y)}" ${size} rx="${tenth(look.round ?? 0)}" ${styled(look)}/>`
}

export function ellipse(x: number, y: number, rx: number, ry: number, look: Look): string {
  return `<ellipse cx="${tenth(x)}" cy="${tenth(y)}" rx="${tenth(rx)}" ry="${tenth(ry)}" ${styled(look)}/>`
}

export function path(d: string, look: Look): string {
  return `<path d="${d}" ${styled(look)}/>`
}

/** Through the points, `closed` back to the first. */
export function trail(points: readonly (readonly [number, number])[], closed = false): string {
  return `M${points.map(([x, y]) => `${tenth(x)} ${tenth(y)}`).join('L')}${closed ? 'Z' : ''}`
}

export function turned(inner: string, degrees: number, x: number, y: number): string {
  return `<g transform="rotate(${tenth(degrees)} ${tenth(x)} ${tenth(y)})">${inner}</g>`
}

/** Pixels of a filter's noise, laid over the whole frame. `colour`: a matrix' 20 numbers. */
export function noiseLayer(
  { width, height, chance }: Sheet,
  wish: { kind: 'turbulence' | 'fractalNoise'; frequency: string; octaves: number; colour: string },
): string {
  const id = `n${chance.below(1_000_000)}`
  const turbulence = `<feTurbulence type="${wish.kind}" baseFrequency="${wish.frequency}" numOctaves="${wish.octaves}" seed="${chance.below(10_000)}"/>`
  const filter = `<filter id="${id}" x="0" y="0" width="1" height="1">${turbulence}<feColorMatrix values="${wish.colour}"/></filter>`
  return `${filter}<rect width="${width}" height="${height}" filter="url(#${id})"/>`
}

export function between(chance: RandomStream, low: number, high: number): number {
  return low + (high - low) * chance.uniform()
}

export function oneOf<T>(chance: RandomStream, choices: readonly T[]): T {
  return choices[chance.below(choices.length)]!
}

/** Any hue; how strong and how light is the caller's. */
export function anyColour(chance: RandomStream, saturation: number, lightness: number): string {
  return hsl(360 * chance.uniform(), saturation, lightness)
}

export function gradient(
  id: string,
  from: string,
  to: string,
  [x1, y1, x2, y2]: readonly [number, number, number, number],
): string {
  return `<linearGradient id="${id}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`
}

function styled({ fill = 'none', stroke, thick = 0.5, opacity, more = '' }: Look): string {
  const line = stroke === undefined ? '' : ` stroke="${stroke}" stroke-width="${tenth(thick)}"`
  return `fill="${fill}"${line}${opacity === undefined ? '' : ` opacity="${opacity.toFixed(2)}"`} ${more}`
}
