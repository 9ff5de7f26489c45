/** e^x from + - * / alone: Math.exp may differ in its last bit from engine to engine (SD3). Right to a few units in the last place. */
import { naturalLog } from '@worldflora/protocol/natural-log'
import { powerOfTwo } from '@worldflora/protocol/power-of-two'

/** Beyond these, doubles would do, but nothing here needs them. */
const SMALLEST = -170
const LARGEST = 170
/** Of the series; at |x| < 0.35 the next term is below one part in 10^17. */
const LAST_TERM = 14

/** 0 below -170; x is at most 170. */
export function exponential(x: number): number {
  if (x < SMALLEST) return 0
  if (!(x <= LARGEST)) throw new RangeError(`e^${x} is beyond what is needed here`)
  const halvings = Math.round(x / Math.LN2)
  const rest = x - halvings * Math.LN2
  let sum = 1
  for (let n = LAST_TERM; n >= 1; n--) sum = 1 + (sum * rest) / n
  return sum * powerOfTwo(halvings)
}

/** base^exponent of a base in [0, 1] and a positive exponent. */
export function powerOf(base: number, exponent: number): number {
  return base === 0 ? 0 : exponential(exponent * naturalLog(base))
}
