/** Tells every connection when the runs' status has changed: at most twice a second, and only what is new. */
import type { RunStatus } from '@worldflora/protocol/runs'
import type { Clock } from '../clock.ts'

const PAUSE_MS = 500

export type StatusBroadcast = { noteChange(): void; stop(): void }

export function openStatusBroadcast(
  clock: Clock,
  statuses: () => RunStatus[],
  announce: (runs: RunStatus[]) => void,
): StatusBroadcast {
  let lastText = ''
  let lastAtMs = Number.NEGATIVE_INFINITY
  let isDue = false
  const alarm = clock.alarm(() => {
    isDue = false
    const runs = statuses()
    const text = JSON.stringify(runs)
    if (text === lastText) return
    lastText = text
    lastAtMs = clock.nowMs()
    announce(runs)
  })
  return {
    noteChange() {
      if (isDue) return
      isDue = true
      alarm.set(Math.max(clock.nowMs(), lastAtMs + PAUSE_MS))
    },
    stop: () => alarm.set(null),
  }
}
