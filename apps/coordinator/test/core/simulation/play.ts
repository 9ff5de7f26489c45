/** Plays the scenario of a seed to its end, or until something is broken; then it says how it came to that. */
import { advance } from '../../../src/core/advance.ts'
import { createCore, nextWakeAtMs } from '../../../src/core/core-state.ts'
import { Chance } from './chance.ts'
import { scenarioOf } from './scenario.ts'
import { type Core, World } from './world.ts'

export const REAL_CORE: Core = { createCore, advance, nextWakeAtMs }

/**
 * Once nothing goes wrong any more, the runs are through within this virtual time and so long for each step. Many volunteers
 * still do nothing with what they are given, but one after the other they are raced.
 */
const CALM_MS = 45 * 60_000
const CALM_MS_PER_STEP = 60_000

export type Played = { events: number; volunteers: number; happened: ReadonlyMap<string, number> }

export function volunteersOf(seed: number): number {
  return scenarioOf(new Chance(seed)).volunteers
}

export class BrokenScenario extends Error {}

export function play(seed: number, core: Core = REAL_CORE): Played {
  const world = new World(seed, core)
  const { scenario, time } = world
  const steps = world.runs.reduce((sum, run) => sum + run.steps, 0)
  const endsAtMs = scenario.calmAtMs + CALM_MS + CALM_MS_PER_STEP * steps
  try {
    world.begin()
    while (!world.isOver) {
      if (!time.next()) throw new Error('nothing happens any more')
      if (time.nowMs > endsAtMs) throw new Error(`the runs do not complete: ${world.standing()}`)
    }
    world.checkAll()
    for (const run of world.runs) run.expectComplete()
  } catch (error) {
    throw new BrokenScenario(
      `seed ${seed} fails at event ${world.events}: ${(error as Error).message}\n` +
        `${scenario.volunteers} volunteers, ${scenario.runs.length} runs. What came before:\n${world.log.lines().join('\n')}`,
      { cause: error },
    )
  }
  return { events: world.events, volunteers: scenario.volunteers, happened: world.happened }
}
