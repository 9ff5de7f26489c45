/**
 * The one source of chance (SD1, SD3). Counter-based: the n-th number of a stream is a pure function of (key, n), made by
 * Threefry of 32-bit integer operations alone.
 */
import { threefry2x32 } from './threefry.ts'

/** What a stream of random numbers is for: streams of different purposes never share a number. */
const PURPOSES = {
  shuffleShards: 1,
  shuffleSamples: 2,
  permuteTasks: 3,
  augment: 4,
  roundGradient: 5,
  initialWeights: 6,
  split: 7,
  herbarium: 8,
  dropout: 9,
  shuffleImport: 10,
  /** Which fault a test or a bench inflicts next. */
  faults: 11,
  augmentView: 12,
  /** Which photos of a chunk are mixed, and how much. */
  mix: 13,
  /** Which photos an epoch has how often, where that is weighted. */
  sample: 14,
  /** Pictures of what is no plant. */
  nonPlants: 15,
  /** Which photos a published model is calibrated on, and in which fold each is. */
  calibration: 16,
} as const
export type Purpose = keyof typeof PURPOSES

/** Some blocks of a stream, all with the same upper half of the counter: from `block` on, two words each. */
export type BlockRange = { key0: number; key1: number; block: number; high: number }
/** Fills `words`, an even number of them, as `threefry2x32` would block by block. */
export type MakeBlocks = (range: BlockRange, words: Uint32Array) => void

const WORDS_OF_BLOCK = 2

/** An endless stream of random numbers. `path` names its place (epoch, step, task, ...), at most 2^32 each. */
export class RandomStream {
  readonly #key0: number
  readonly #key1: number
  #block = 0
  #next = 2
  readonly #words = new Uint32Array(2)

  constructor(seed: number, purpose: Purpose, ...path: number[]) {
    const key = new Uint32Array([seed, PURPOSES[purpose]])
    for (const [depth, place] of path.entries()) threefry2x32(key[0]!, key[1]!, place, depth + 1, key)
    this.#key0 = key[0]!
    this.#key1 = key[1]!
  }

  /** A whole number in [0, 2^32). */
  uint32(): number {
    if (this.#next === 2) {
      threefry2x32(
        this.#key0,
        this.#key1,
        this.#block >>> 0,
        Math.floor(this.#block / 0x1_0000_0000),
        this.#words,
      )
      this.#block++
      this.#next = 0
    }
    return this.#words[this.#next++]!
  }

  /** The next whole numbers of the stream, many at once; by `make`, if somebody has a faster way to the same ones. */
  fill(words: Uint32Array, make: MakeBlocks = makeBlocks): void {
    let i = 0
    while (i < words.length && this.#next < WORDS_OF_BLOCK) words[i++] = this.uint32()
    while (i + 1 < words.length) {
      const block = this.#block >>> 0
      const high = Math.floor(this.#block / 0x1_0000_0000)
      const blocks = Math.min((words.length - i) >> 1, 0x1_0000_0000 - block)
      const end = i + blocks * WORDS_OF_BLOCK
      // Signed halves: engines add those as integers.
      make(
        { key0: this.#key0 | 0, key1: this.#key1 | 0, block: block | 0, high: high | 0 },
        words.subarray(i, end),
      )
      this.#block += blocks
      i = end
    }
    if (i < words.length) words[i] = this.uint32()
  }

  /** A multiple of 2^-24 in [0, 1): exact in single precision too. */
  uniform(): number {
    return (this.uint32() >>> 8) / 0x1000000
  }

  /** A whole number in [0, bound), every one equally likely (rejection instead of a biased remainder). */
  below(bound: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound)
    for (;;) {
      const word = this.uint32()
      if (word < limit) return word % bound
    }
  }

  /** Approximately normal, mean 0 and variance 1: the sum of twelve uniforms less six (no logarithm, no cosine). */
  normal(): number {
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.uniform()
    return sum
  }

  /** Fisher-Yates, in place; returns its argument. */
  shuffle<T extends { [index: number]: unknown; length: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const held = items[i]
      items[i] = items[j]
      items[j] = held
    }
    return items
  }
}

function makeBlocks({ key0, key1, block, high }: BlockRange, words: Uint32Array): void {
  for (let i = 0; i < words.length; i += WORDS_OF_BLOCK) {
    threefry2x32(key0, key1, (block + i / WORDS_OF_BLOCK) | 0, high, words, i)
  }
}
