/**
 * Rounding to a grid: of a block to mantissas with one exponent, of single-precision values to whole units. Stochastic
 * rounding takes floor(x + u), u being the k + 1/2 of 2^16 of the value's own chance: unbiased to 2^-17 of the grid, which is
 * what single precision would have kept of the block's largest value.
 */
import { binaryExponent, powerOfTwo } from './power-of-two.ts'
import type { MakeBlocks, RandomStream } from './random.ts'
import { BLOCK_SIZE } from './vector-format.ts'

const FRACTION = 1 / 65_536

/** Sixteen bits of chance a value, for up to a block of values at a time. */
export class Chance {
  readonly #random: RandomStream | null
  readonly #make: MakeBlocks | undefined
  readonly #words = new Uint32Array(BLOCK_SIZE / 2)
  readonly #halves = new Uint16Array(this.#words.buffer)

  /** null: every half is the one that rounds to the nearest. */
  constructor(random: RandomStream | null, make?: MakeBlocks) {
    this.#random = random
    this.#make = make
    this.#halves.fill(0x8000)
  }

  /** For the next `count` values, the low half of each word first; what is left of the last word is dropped. */
  next(count: number): Uint16Array {
    this.#random?.fill(this.#words.subarray(0, (count + 1) >> 1), this.#make)
    return this.#halves
  }

  /** Added to a half before it is made a fraction: the nearest needs exactly 1/2. */
  get centre(): number {
    return this.#random === null ? 0 : 0.5
  }
}

/** The smallest exponent with which the largest magnitude still fits the mantissas; never below `least`. */
export function blockExponent(values: Float32Array, mantissaBits: number, least: number): number {
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i]!)
    if (magnitude > largest) largest = magnitude
  }
  const exponent = binaryExponent(largest) - (mantissaBits - 1)
  if (exponent < least) return least
  return largest > (powerOfTwo(mantissaBits) - 1) * powerOfTwo(exponent) ? exponent + 1 : exponent
}

export function roundBlock(
  from: Float32Array,
  to: Int8Array | Int16Array,
  exponent: number,
  chance: Chance,
): void {
  const scale = powerOfTwo(-exponent)
  const { centre } = chance
  const halves = chance.next(from.length)
  for (let i = 0; i < from.length; i++) {
    to[i] = Math.floor(from[i]! * scale + (halves[i]! + centre) * FRACTION)
  }
}

/** Changes only what single precision resolves below the unit. */
export function roundToUnits(
  from: Float32Array,
  to: Float32Array,
  unitExponent: number,
  chance: Chance,
): void {
  const unit = powerOfTwo(unitExponent)
  const perUnit = powerOfTwo(-unitExponent)
  const onGridFrom = powerOfTwo(unitExponent + 23)
  const { centre } = chance
  for (let start = 0; start < from.length; start += BLOCK_SIZE) {
    const end = Math.min(start + BLOCK_SIZE, from.length)
    const halves = chance.next(end - start)
    for (let i = start; i < end; i++) {
      const value = from[i]!
      to[i] =
        Math.abs(value) < onGridFrom
          ? Math.floor(value * perUnit + (halves[i - start]! + centre) * FRACTION) * unit
          : value
    }
  }
}
