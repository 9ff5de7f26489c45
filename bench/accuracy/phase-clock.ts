/** How long each of a run's phases takes on the wall's clock, features and measuring included, for who looks often enough. */
import type { RunDetail } from '@worldflora/protocol/runs'

export function phaseClock(): { look(detail: RunDetail): void; readonly minutes: number[] } {
  const minutes: number[] = []
  let lookedAtMs = performance.now()
  return {
    minutes,
    look({ status }) {
      const place = (status.phase?.number ?? 1) - 1
      const nowMs = performance.now()
      minutes[place] = (minutes[place] ?? 0) + (nowMs - lookedAtMs) / 60_000
      lookedAtMs = nowMs
    },
  }
}
