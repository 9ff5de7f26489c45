/** The only timers there are. Time never jumps: it is counted from the process's start, not read from the wall. */

export type Alarm = {
  /** Rings once at `atMs` (at once if that has passed); null: not at all. Replaces what was set before. */
  set(atMs: number | null): void
}

export type Clock = {
  nowMs(): number
  alarm(ring: () => void): Alarm
  /** For dates that people read. */
  date(): Date
}

/** setTimeout takes no more; an alarm further off is set again on the way. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1

export function systemClock(): Clock {
  const nowMs = () => performance.now()
  return {
    nowMs,
    date: () => new Date(),
    alarm(ring) {
      let timer: NodeJS.Timeout | undefined
      function set(atMs: number | null): void {
        clearTimeout(timer)
        if (atMs === null) return
        const delayMs = Math.max(0, Math.ceil(atMs - nowMs()))
        const isFar = delayMs > LONGEST_TIMEOUT_MS
        timer = setTimeout(() => (isFar ? set(atMs) : ring()), Math.min(delayMs, LONGEST_TIMEOUT_MS))
        timer.unref()
      }
      return { set }
    },
  }
}
