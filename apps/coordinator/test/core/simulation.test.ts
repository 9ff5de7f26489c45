/** Many seeded scenarios, whatever may happen in them; WORLDFLORA_SEED=n plays one of them again. */
import { describe, expect, it } from 'vitest'
import { SimulatedWorld } from './simulated-world.ts'

const SCENARIOS = 300
/** Seeds that once broke something. */
const KEPT_SEEDS: number[] = []

/** Each must come about many times over all scenarios, or they prove nothing. */
const MUST_HAPPEN = [
  'accept-result',
  'note-late-result',
  'ignore-stale-result',
  'announce-work',
  'revoke-lease',
  'backup',
  'close-evaluation',
  'pause after lease-returned',
  'pause after run-faulted',
  'crash',
]

describe('simulation', () => {
  const chosen = process.env.WORLDFLORA_SEED
  const seeds =
    chosen === undefined
      ? [...KEPT_SEEDS, ...Array.from({ length: SCENARIOS }, (_, seed) => seed)]
      : [Number(chosen)]

  it('GB1, GB2, LS1, LS2, LS3, LV1, CK1: hold in every scenario, and every run completes', {
    timeout: 120_000,
  }, () => {
    const happened = new Map<string, number>()
    for (const seed of seeds) {
      const world = new SimulatedWorld(seed)
      try {
        world.play()
      } catch (error) {
        const replay = `WORLDFLORA_SEED=${seed} npx vitest run --project unit apps/coordinator/test/core/simulation.test.ts`
        throw new Error(`seed ${seed} fails (${(error as Error).message}); replay it with\n${replay}`, {
          cause: error,
        })
      }
      for (const [what, times] of world.happened) happened.set(what, (happened.get(what) ?? 0) + times)
    }
    if (chosen !== undefined) return
    for (const what of MUST_HAPPEN) expect(happened.get(what) ?? 0, what).toBeGreaterThan(30)
  })
})
