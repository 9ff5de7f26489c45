/** One photo as SVG: somewhere, in some light, with things that do not belong to the plant. Knows nothing of the species. */
import type { RandomStream } from '@worldflora/protocol/random'
import { tenth } from './outline.ts'
import { hsl, type Paint } from './paint.ts'

export type Frame = { width: number; height: number }

const PLACES = ['paper', 'meadow', 'sky', 'ground', 'shade', 'wood'] as const

/** `subject` lies within 48 units of its origin. `clutter` from 0 to 1. */
export function composeScene(
  frame: Frame,
  subject: string,
  paint: Paint,
  clutter: number,
  chance: RandomStream,
): string {
  const { width, height } = frame
  const shorter = Math.min(width, height)
  const place = PLACES[chance.below(PLACES.length)]!
  const behind = drawPlace(place, frame, clutter, chance)
  const size = (shorter / 100) * (0.82 + 0.22 * chance.uniform())
  const x = width / 2 + (chance.uniform() - 0.5) * 0.14 * shorter
  const y = height / 2 + (chance.uniform() - 0.5) * 0.14 * shorter
  const turn = (chance.uniform() - 0.5) * 70
  const lean = (chance.uniform() - 0.5) * 16
  const squeeze = 0.86 + 0.14 * chance.uniform()
  const mirror = chance.below(2) === 0 ? 1 : -1
  const pose = `rotate(${tenth(turn)})skewX(${tenth(lean)})scale(${(mirror * squeeze * size).toFixed(3)} ${size.toFixed(3)})`
  const plant = `<g transform="translate(${tenth(x)} ${tenth(y)})${pose}">${subject}</g>`
  // Things far away throw no shadow that shows.
  const near = place === 'paper' || place === 'wood' || place === 'ground'
  const placed = near ? `${shadowOf(shorter)}<g filter="url(#shadow)">${plant}</g>` : plant
  const front = drawForeground(frame, clutter, chance)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${gradients(paint)}${behind}${placed}${front}${drawLight(frame, chance)}</svg>`
}

function gradients(paint: Paint): string {
  const stops = (...colours: string[]) =>
    colours.map((colour, n) => `<stop offset="${n / (colours.length - 1)}" stop-color="${colour}"/>`).join('')
  return `<defs><linearGradient id="leaf" x1="0" x2="1" y1="0" y2=".25">${stops(paint.leafLight, paint.leaf, paint.leafDark)}</linearGradient><linearGradient id="petal" x1="0" x2="0" y1="1" y2="0">${stops(paint.petalDeep, paint.petal, paint.petal)}</linearGradient><linearGradient id="petal-down" x1="0" x2="1" y1="0" y2=".3">${stops(paint.petal, paint.petal, paint.petalDeep)}</linearGradient><radialGradient id="centre">${stops(paint.centre, paint.centreDeep)}</radialGradient><radialGradient id="fruit" cx=".35" cy=".3" r=".8">${stops(paint.fruitLight, paint.fruit, paint.fruitDeep)}</radialGradient><filter id="soft" x="-.5" y="-.5" width="2" height="2"><feGaussianBlur stdDeviation="3"/></filter></defs>`
}

/** Below and to the right of whatever it is applied to. */
function shadowOf(shorter: number): string {
  const fall = `<feGaussianBlur in="SourceAlpha" stdDeviation="${tenth(shorter * 0.012)}"/><feOffset dx="${tenth(shorter * 0.018)}" dy="${tenth(shorter * 0.026)}"/><feComponentTransfer><feFuncA type="linear" slope=".3"/></feComponentTransfer>`
  return `<filter id="shadow">${fall}<feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>`
}

function drawPlace(
  place: (typeof PLACES)[number],
  frame: Frame,
  clutter: number,
  chance: RandomStream,
): string {
  const fill = (colour: string) => `<rect width="${frame.width}" height="${frame.height}" fill="${colour}"/>`
  const u = () => chance.uniform()
  switch (place) {
    case 'paper':
      return (
        fill(hsl(34 + 16 * u(), 22 + 20 * u(), 84 + 10 * u())) +
        blurred(frame, 3, () => hsl(36, 30, 80 + 15 * u()), 0.4, chance)
      )
    case 'meadow':
      return (
        fill(hsl(80 + 40 * u(), 34 + 20 * u(), 34 + 26 * u())) +
        blurred(
          frame,
          8 + Math.round(10 * clutter),
          () => hsl(60 + 80 * u(), 36 + 24 * u(), 30 + 40 * u()),
          0.7,
          chance,
        )
      )
    case 'sky':
      return (
        fill(hsl(198 + 20 * u(), 40 + 30 * u(), 70 + 18 * u())) +
        blurred(frame, 4, () => hsl(206, 30, 86 + 12 * u()), 0.7, chance)
      )
    case 'ground':
      return (
        fill(hsl(24 + 16 * u(), 18 + 18 * u(), 34 + 26 * u())) +
        blurred(
          frame,
          8 + Math.round(12 * clutter),
          () => hsl(20 + 30 * u(), 10 + 16 * u(), 28 + 44 * u()),
          0.8,
          chance,
        )
      )
    case 'shade':
      return (
        fill(hsl(120 + 80 * u(), 16 + 16 * u(), 12 + 14 * u())) +
        blurred(frame, 7, () => hsl(90 + 90 * u(), 24, 16 + 22 * u()), 0.7, chance)
      )
    case 'wood': {
      const hue = 22 + 12 * u()
      const planks = Array.from({ length: 4 }, (_, n) => {
        const y = tenth((frame.height * n) / 4)
        return `<rect y="${y}" width="${frame.width}" height="${tenth(frame.height / 4 - 0.8)}" fill="${hsl(hue, 26 + 8 * u(), 44 + 14 * u())}"/>`
      })
      return fill(hsl(hue, 30, 24)) + planks.join('')
    }
  }
}

/** Things out of focus. */
function blurred(
  frame: Frame,
  count: number,
  colour: () => string,
  opacity: number,
  chance: RandomStream,
): string {
  const shorter = Math.min(frame.width, frame.height)
  const blobs = Array.from({ length: count }, () => {
    const at = `cx="${tenth(frame.width * chance.uniform())}" cy="${tenth(frame.height * chance.uniform())}"`
    const size = `rx="${tenth(shorter * (0.06 + 0.16 * chance.uniform()))}" ry="${tenth(shorter * (0.05 + 0.14 * chance.uniform()))}"`
    return `<ellipse ${at} ${size} fill="${colour()}"/>`
  })
  return `<g filter="url(#soft)" opacity="${opacity}">${blobs.join('')}</g>`
}

/** Blades of grass and twigs that cross the picture near its edges. */
function drawForeground(frame: Frame, clutter: number, chance: RandomStream): string {
  const count = chance.below(1 + Math.round(6 * clutter))
  const stalks = Array.from({ length: count }, () => {
    const side = chance.below(2) === 0 ? 0.02 + 0.2 * chance.uniform() : 0.98 - 0.2 * chance.uniform()
    const x = frame.width * side
    const bend = (chance.uniform() - 0.5) * frame.width * 0.3
    const top = frame.height * (0.1 + 0.6 * chance.uniform())
    const colour = hsl(40 + 80 * chance.uniform(), 20 + 30 * chance.uniform(), 24 + 34 * chance.uniform())
    const width = tenth(frame.width * (0.008 + 0.014 * chance.uniform()))
    const path = `M${tenth(x)} ${frame.height}Q${tenth(x)} ${tenth((frame.height + top) / 2)} ${tenth(x + bend)} ${tenth(top)}`
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" opacity=".85"/>`
  })
  return stalks.join('')
}

/** Sun from one side, darker corners. */
function drawLight(frame: Frame, chance: RandomStream): string {
  const warm = chance.below(2) === 0
  const from = chance.below(2)
  const strength = (0.05 + 0.2 * chance.uniform()).toFixed(2)
  const colour = warm ? '#ffe2a8' : '#cfe2ff'
  const light = `<linearGradient id="light" x1="${from}" x2="${1 - from}" y1="0" y2="1"><stop offset="0" stop-color="${colour}" stop-opacity="${strength}"/><stop offset="1" stop-color="#101418" stop-opacity="${strength}"/></linearGradient>`
  return `${light}<rect width="${frame.width}" height="${frame.height}" fill="url(#light)"/>`
}
