/** What a volunteer's machine is like: how fast, of which class, and what is wrong with it for good. */

import type { RunId } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'
import type { World } from './world.ts'

export class Device {
  readonly #world: World
  /** Always there and always sound: whatever becomes of the others, the runs can be completed. */
  readonly #isFirst: boolean
  #pace: number
  isDeterministic: boolean
  /** Keeps its connection and never does anything once it has a lease. */
  readonly isZombie: boolean
  /** Says that it is deterministic, and is not: its memory is faulty. */
  readonly isLiar: boolean
  readonly #isTooSmallFor: RunId | null
  /** Does not give back at once what it does not know of, but asks and gets it again. */
  readonly isForgetful: boolean
  /** Delivers each task by itself. */
  readonly deliversInParts: boolean
  /** For the next lease, while it computes the end of the one it has. */
  readonly asksAhead: boolean
  /** Its own measure; null before the first task. */
  imagesPerSecond: number | undefined
  #shards = new Set<string>()

  constructor(world: World, seat: number) {
    const { chance, scenario } = world
    const { trouble } = scenario
    this.#world = world
    this.#isFirst = seat === 0
    this.#pace = this.#isFirst ? scenario.pace : scenario.pace / chance.pareto(1, scenario.paceShape)
    this.isDeterministic = this.#isFirst || !chance.is(trouble.isForeign)
    this.isZombie = !this.#isFirst && chance.is(trouble.isZombie)
    this.isLiar = !this.#isFirst && chance.is(trouble.isLiar)
    this.#isTooSmallFor =
      !this.#isFirst && chance.is(trouble.isTooSmall) ? chance.one(scenario.runs).id : null
    this.isForgetful = chance.is(0.5)
    this.deliversInParts = chance.is(0.2)
    this.asksAhead = chance.is(0.7)
  }

  get isFirst(): boolean {
    return this.#isFirst
  }

  get shards(): ReadonlySet<string> {
    return this.#shards
  }

  /** The same volunteer comes back with another. */
  change(): void {
    if (!this.#isFirst) this.isDeterministic = !this.isDeterministic
  }

  isUnfitFor(runId: RunId): boolean {
    return this.#isTooSmallFor === runId
  }

  /** A device that is not deterministic is so to others' eyes: its bits are its own. */
  hasOwnBits(): boolean {
    return !this.isDeterministic || (this.isLiar && this.#world.chance.is(0.5))
  }

  fetch(tasks: readonly Task[]): void {
    for (const { entries } of tasks) for (const { shard } of entries) this.#shards.add(shard)
  }

  /** For so many images. The tail of a single computation is as heavy as that of the fleet. */
  computeMs(images: number): number {
    const { chance, trouble } = this.#world
    const pace = this.#pace * (0.8 + 0.4 * chance.uniform())
    const straggles = chance.is(trouble.straggles)
    if (straggles) this.#world.note('straggler')
    const ms = (1000 * images) / pace
    this.imagesPerSecond = pace
    return straggles ? Math.min(ms * chance.pareto(2, 1), 20_000_000) : ms
  }
}
