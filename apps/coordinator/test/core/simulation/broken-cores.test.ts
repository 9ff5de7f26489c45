/** The simulation can fail: a core with a fault is found out within a few scenarios. */
import { describe, expect, it } from 'vitest'
import { BROKEN_CORES } from './broken-cores.ts'
import { BrokenScenario, play, volunteersOf } from './play.ts'

const SCENARIOS = 60
/** Small worlds are played in no time, and small is what most faults need. */
const MOST_VOLUNTEERS = 60

const seeds = Array.from({ length: 4 * SCENARIOS }, (_, seed) => seed)
  .filter((seed) => volunteersOf(seed) <= MOST_VOLUNTEERS)
  .slice(0, SCENARIOS)

describe('the simulation notices', () => {
  for (const [fault, core] of Object.entries(BROKEN_CORES)) {
    it(fault, () => {
      expect(seeds.some((seed) => isNoticed(seed, core))).toBe(true)
    })
  }
})

function isNoticed(seed: number, core: (typeof BROKEN_CORES)[string]): boolean {
  try {
    play(seed, core())
    return false
  } catch (error) {
    if (error instanceof BrokenScenario) return true
    throw error
  }
}
