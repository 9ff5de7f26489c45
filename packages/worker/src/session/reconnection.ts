/**
 * When a lost connection is tried again. A coordinator that was killed is back within seconds: for most of a minute it is looked
 * for every second or two, afterwards seldom. The pauses are drawn, so that a thousand workers do not knock at the same moment.
 */

/** Before the first attempt; each further pause is twice as long, up to `longestPauseMs`. */
export const FIRST_PAUSE_MS = 500
const ATTEMPTS_IN_A_ROW = 30
const SOON_MS = 2000
const SELDOM_MS = 20_000

/** After so many attempts in vain; `chance` in [0, 1). */
export function longestPauseMs(attempts: number, chance: number): number {
  const longest = attempts < ATTEMPTS_IN_A_ROW ? SOON_MS : SELDOM_MS
  return Math.round((longest * (1 + chance)) / 2)
}
