/** The session's only access to time; tests pass their own. */
export type Clock = {
  nowMs(): number
  pause(ms: number): Promise<void>
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
}
