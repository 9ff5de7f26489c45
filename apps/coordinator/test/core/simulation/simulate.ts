/** Plays a share of the seeds, so that several test files can do so at one time; a seed that fails says how to play it again. */
import { expect, it } from 'vitest'
import { KEPT_SEEDS } from './kept-seeds.ts'
import { BrokenScenario, play } from './play.ts'

const PARTS = 4
const SCENARIOS = 2000
const EVENTS = 1_000_000
const CROWDS = 100
const CROWD = 300

/** Each must come about many times in every share, or the scenarios prove nothing. */
const MUST_HAPPEN = [
  'accept-result',
  'note-late-result',
  'ignore-stale-result',
  'announce-work',
  'revoke-lease',
  'close-evaluation',
  'lease of several tasks',
  'lease given again',
  'lease ahead',
  'forecast',
  'sum of several tasks',
  'partly late',
  'tasks revoked',
  'late copy that differs',
  'backup',
  'backup of a backup',
  'takeover',
  'hopeless task',
  'tried again at once',
  'vanishes',
  'reloads',
  'stops',
  'cutOff',
  'freezes',
  'zombie',
  'straggler',
  'fails',
  'wrong bytes',
  'doubled push',
  'lost acknowledgement',
  'run-faulted',
  'paused by the operator',
  'stopped by the operator',
  'rolled back',
  'crash',
]
const OFTEN = 20
/** There are few steps to be killed in. */
const MUST_HAPPEN_SOMETIMES = [
  'crash before the bytes',
  'crash between bytes and row',
  'crash between row and announcement',
]

export function simulate(part: number): void {
  const chosen = process.env.WORLDFLORA_SEED
  const isChosen = (seed: number) => chosen === undefined || Number(chosen) === seed
  const seeds = Array.from({ length: SCENARIOS / PARTS }, (_, n) => PARTS * n + part)
  const kept = KEPT_SEEDS.map(({ seed }) => seed).filter((seed) => seed % PARTS === part)
  const played = [...kept, ...seeds].filter(isChosen)

  it.skipIf(played.length === 0)(
    'GB1, GB2, RD1, LS1, LS2, LS3, LV1, CK1, FT12, WK1, WK2, WK9: hold in every scenario, and every run completes',
    { timeout: 600_000 },
    () => {
      const happened = new Map<string, number>()
      let events = 0
      let crowds = 0
      for (const seed of played) {
        const scenario = playOrTell(seed, part)
        events += scenario.events
        if (scenario.volunteers >= CROWD) crowds++
        for (const [what, times] of scenario.happened) happened.set(what, (happened.get(what) ?? 0) + times)
      }
      if (chosen !== undefined) return
      expect(events).toBeGreaterThanOrEqual(EVENTS / PARTS)
      expect(crowds).toBeGreaterThanOrEqual(CROWDS / PARTS)
      for (const what of MUST_HAPPEN) expect(happened.get(what) ?? 0, what).toBeGreaterThanOrEqual(OFTEN)
      for (const what of MUST_HAPPEN_SOMETIMES) expect(happened.has(what), what).toBe(true)
    },
  )
}

function playOrTell(seed: number, part: number): ReturnType<typeof play> {
  try {
    return play(seed)
  } catch (error) {
    const file = `apps/coordinator/test/core/simulation/simulation-${part + 1}.test.ts`
    const replay = `WORLDFLORA_SEED=${seed} npx vitest run --project unit ${file}`
    throw new BrokenScenario(`Play it again with\n${replay}\n\n${(error as Error).message}`, { cause: error })
  }
}
