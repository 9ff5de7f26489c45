/** The session's only access to time; tests pass their own. */
export type Clock = {
  nowMs(): number
  /** Rejects with the signal's reason when it aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  pause: (ms, signal) =>
    new Promise((resolve, fail) => {
      if (signal?.aborted) return fail(signal.reason)
      const wake = () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const stop = () => {
        clearTimeout(timer)
        fail(signal?.reason)
      }
      const timer = setTimeout(wake, ms)
      signal?.addEventListener('abort', stop, { once: true })
    }),
}
