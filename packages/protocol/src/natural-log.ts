/** ln(x) from + - * / alone: Math.log may differ in its last bit from engine to engine (SD3). Right to two units in the last place. */

const asFloat = new Float64Array(1)
const asWords = new Uint32Array(asFloat.buffer)
/** Which of a double's two words has its exponent. */
const HIGH = new Uint32Array(new Float64Array([1]).buffer)[0] === 0 ? 1 : 0
const BIAS = 1023
/** Of the series; at |s| < 0.172 the next term is below one part in 10^17. */
const LAST_POWER = 21

/** Of a finite, positive, normal x. */
export function naturalLog(x: number): number {
  asFloat[0] = x
  let exponent = ((asWords[HIGH]! >>> 20) & 0x7ff) - BIAS
  asWords[HIGH] = (asWords[HIGH]! & 0xfffff) | (BIAS << 20)
  let fraction = asFloat[0]
  if (fraction > Math.SQRT2) {
    fraction /= 2
    exponent++
  }
  // ln((1 + s) / (1 - s)) = 2 (s + s^3 / 3 + s^5 / 5 + ...)
  const s = (fraction - 1) / (fraction + 1)
  const squared = s * s
  let sum = 0
  for (let power = LAST_POWER; power >= 1; power -= 2) sum = sum * squared + 1 / power
  return exponent * Math.LN2 + 2 * s * sum
}
