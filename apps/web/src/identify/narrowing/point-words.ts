/** A place as people write it: latitude, then longitude, in degrees. */
import { isPoint, type Point } from '@worldflora/protocol/places'

/** `between`: what may stand between the two numbers. */
function pattern(point: string, between: string): RegExp {
  const number = String.raw`([+-]?\d{1,3}(?:${point}\d+)?)\s*°?\s*`
  return new RegExp(String.raw`^\s*${number}([NS])?${between}${number}([EWO])?\s*$`, 'i')
}

const WITH_POINTS = pattern(String.raw`\.`, String.raw`\s*(?:[,;]|\s)\s*`)
const WITH_COMMAS = pattern(',', String.raw`\s*(?:;|\s)\s*`)

/** `46.5, 7.6`, `46,5 7,6`, `33.9 S 18.4 E`; null: it is none. */
export function readPoint(words: string): Point | null {
  const [, north, ns = '', east, ew = ''] = WITH_COMMAS.exec(words) ?? WITH_POINTS.exec(words) ?? []
  if (north === undefined || east === undefined) return null
  const degrees = (written: string, isOtherWay: boolean) =>
    Number(written.replace(',', '.')) * (isOtherWay ? -1 : 1)
  const point = { latitude: degrees(north, /s/i.test(ns)), longitude: degrees(east, /[wo]/i.test(ew)) }
  return isPoint(point) ? point : null
}

/** As exact as plants ask for, and as `readPoint` reads it. */
export function pointWords({ latitude, longitude }: Point): string {
  return `${latitude.toFixed(1)}, ${longitude.toFixed(1)}`
}
