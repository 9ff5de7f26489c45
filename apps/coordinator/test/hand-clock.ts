/** A clock that a test moves on. Alarms ring while it is moved, in their order. */
import type { Clock } from '../src/clock.ts'

export type HandClock = Clock & { moveOn(ms: number): void }

export function handClock(): HandClock {
  let now = 0
  const alarms = new Map<object, { atMs: number; ring: () => void }>()
  return {
    nowMs: () => now,
    date: () => new Date(now),
    alarm(ring) {
      const name = {}
      return {
        set(atMs) {
          if (atMs === null) alarms.delete(name)
          else alarms.set(name, { atMs, ring })
        },
      }
    },
    moveOn(ms) {
      const end = now + ms
      for (;;) {
        const due = [...alarms].filter(([, { atMs }]) => atMs <= end).sort((a, b) => a[1].atMs - b[1].atMs)
        const [next] = due
        if (next === undefined) break
        const [name, { atMs, ring }] = next
        alarms.delete(name)
        now = Math.max(now, atMs)
        ring()
      }
      now = end
    },
  }
}
