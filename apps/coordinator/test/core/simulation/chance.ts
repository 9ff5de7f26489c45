/** The chance of a scenario: one seeded stream, and the distributions that fleets and networks show. */
import { RandomStream } from '@worldflora/protocol/random'

export class Chance {
  readonly #stream: RandomStream

  constructor(seed: number) {
    // Any stream will do: the core itself takes no chance.
    this.#stream = new RandomStream(seed, 'permuteTasks', 0xc0de)
  }

  /** In [0, 1). */
  uniform(): number {
    return this.#stream.uniform()
  }

  is(probability: number): boolean {
    return probability > 0 && this.#stream.uniform() < probability
  }

  /** A whole number in [0, bound). */
  below(bound: number): number {
    return this.#stream.below(bound)
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + this.#stream.below(most - least + 1)
  }

  /** Every order of magnitude is equally likely. */
  logUniform(least: number, most: number): number {
    return least * (most / least) ** this.#stream.uniform()
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.#stream.uniform())
  }

  /** At least `least`; the smaller `shape`, the heavier the tail (no mean at 1 or below). */
  pareto(least: number, shape: number): number {
    return least / (1 - this.#stream.uniform()) ** (1 / shape)
  }

  one<T>(of: readonly T[]): T {
    return of[this.#stream.below(of.length)]!
  }
}
