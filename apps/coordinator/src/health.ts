/** How the process is: whether its event loop keeps up, and how much memory it has. Watched all the time, told in windows. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Health } from '@worldflora/protocol/operator'
import type { Clock } from './clock.ts'

/** The timer that is watched; what it is late by is the delay. */
const RESOLUTION_MS = 5
const WINDOW_MS = 10_000
const WINDOWS_KEPT = 30

export type HealthWatch = { now(): Health; stop(): void }

export function watchHealth(clock: Clock): HealthWatch {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  const windows: Health['loop'] = []
  let sinceMs = clock.nowMs()
  delays.enable()
  const alarm = clock.alarm(() => {
    windows.unshift(read())
    windows.splice(WINDOWS_KEPT)
    delays.reset()
    sinceMs = clock.nowMs()
    alarm.set(sinceMs + WINDOW_MS)
  })
  alarm.set(sinceMs + WINDOW_MS)

  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
  function read(): Health['loop'][number] {
    const forMs = clock.nowMs() - sinceMs
    if (delays.count === 0) return { forMs, p50Ms: 0, p99Ms: 0, mostMs: 0 }
    return {
      forMs,
      p50Ms: late(delays.percentile(50)),
      p99Ms: late(delays.percentile(99)),
      mostMs: late(delays.max),
    }
  }

  return {
    now() {
      const { rss, heapUsed } = process.memoryUsage()
      return { loop: [read(), ...windows], rssBytes: rss, heapBytes: heapUsed }
    },
    stop() {
      alarm.set(null)
      delays.disable()
    },
  }
}
