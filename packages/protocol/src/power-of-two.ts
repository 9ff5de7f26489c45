/** Powers of two and binary exponents, from bits and products alone: every engine gets the same. */

const SMALLEST = -250
const POWERS = new Float64Array(501)
POWERS[-SMALLEST] = 1
for (let e = 1; e <= -SMALLEST; e++) {
  POWERS[-SMALLEST + e] = POWERS[-SMALLEST + e - 1]! * 2
  POWERS[-SMALLEST - e] = POWERS[-SMALLEST - e + 1]! / 2
}

/** 2^exponent for whole exponents from -250 to 250, exact. */
export function powerOfTwo(exponent: number): number {
  return POWERS[exponent - SMALLEST]!
}

const asFloat = new Float32Array(1)
const asBits = new Uint32Array(asFloat.buffer)

/** The k of 2^k <= value < 2^(k+1), for a positive normal single-precision value; -127 for smaller ones and 0. */
export function binaryExponent(value: number): number {
  asFloat[0] = value
  return ((asBits[0]! >>> 23) & 0xff) - 127
}
