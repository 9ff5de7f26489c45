/** The operator looks in now and then: resumes what is paused or stopped, and in some scenarios pauses and stops what runs. */
import type { World } from './world.ts'

const LOOKS_IN_EVERY_MS = 20_000

export class Operator {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  begin(): void {
    this.#lookIn()
    this.#interfere(false)
  }

  #lookIn(): void {
    const { time, chance, coordinator, runs, scenario } = this.#world
    const rollsBack = scenario.pauseEveryMs === null ? 0 : 0.2
    for (const run of coordinator.isUp ? runs : []) {
      if (run.state !== 'paused' && run.state !== 'stopped') continue
      if (this.#world.isTroubled && chance.is(rollsBack)) run.rollBack()
      run.setState('running')
    }
    time.after(chance.exponential(LOOKS_IN_EVERY_MS), () => this.#lookIn())
  }

  #interfere(isDue: boolean): void {
    const world = this.#world
    const { pauseEveryMs } = world.scenario
    if (pauseEveryMs === null || !world.isTroubled) return
    if (isDue && world.coordinator.isUp) {
      const run = world.chance.one(world.runs)
      const wish = world.chance.is(0.7) ? 'paused' : 'stopped'
      world.note(`${wish} by the operator`)
      run.setState(wish)
      run.setPriority(world.chance.below(10))
    }
    world.time.after(world.chance.exponential(pauseEveryMs), () => this.#interfere(true))
  }
}
