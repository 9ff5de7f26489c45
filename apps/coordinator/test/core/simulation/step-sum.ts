/** The model of exactness: which entries a step's sum holds, by what the workers really summed; in the end each of the plan's, once. */
import type { PlannedTask } from '@worldflora/dataset/epoch-plan'
import type { Hash } from '@worldflora/protocol/ids'
import type { Task } from '@worldflora/protocol/messages'

const MOST_SAMPLES = 1 << 20

export class StepSum {
  readonly #shards: ReadonlyMap<Hash, number>
  #entries: number[] = []

  /** `shards`: their position in the plan. */
  constructor(shards: ReadonlyMap<Hash, number>) {
    this.#shards = shards
  }

  add(tasks: readonly Task[]): void {
    for (const { entries } of tasks) {
      for (const { shard, samples } of entries) {
        const index = this.#shards.get(shard)!
        for (const sample of samples) this.#entries.push(index * MOST_SAMPLES + sample)
      }
    }
  }

  /** What is wrong with it, in words. */
  faultAgainst(planned: readonly PlannedTask[]): string | null {
    const due = planned.flatMap(({ entries }) =>
      entries.map(({ shard, sample }) => shard * MOST_SAMPLES + sample),
    )
    if (due.length !== this.#entries.length)
      return `the sum has ${this.#entries.length} of ${due.length} entries`
    const [found, expected] = [Float64Array.from(this.#entries).sort(), Float64Array.from(due).sort()]
    const at = expected.findIndex((entry, n) => entry !== found[n])
    if (at < 0) return null
    return `entry ${expected[at]! % MOST_SAMPLES} of shard ${Math.floor(expected[at]! / MOST_SAMPLES)} is missing or doubled`
  }
}
