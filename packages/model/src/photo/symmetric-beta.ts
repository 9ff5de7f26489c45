/**
 * Beta(alpha, alpha), drawn by rejection from exact functions alone, so that every engine draws the same (SD3). Below 1 by
 * Jöhnk 1964 (of two uniforms' powers, the first's part of their sum, if that is at most 1); from 1 on uniforms, of which
 * each is kept with the density's part of its peak.
 */
import type { RandomStream } from '@worldflora/protocol/random'
import { powerOf } from '../number/exponential.ts'

/** `alpha` is at least 0.05: below, powers of uniforms would be too small for a double. */
export function symmetricBeta(alpha: number, random: RandomStream): number {
  for (;;) {
    const first = random.uniform()
    const second = random.uniform()
    if (alpha >= 1) {
      if (second <= powerOf(4 * first * (1 - first), alpha - 1)) return first
      continue
    }
    const own = powerOf(first, 1 / alpha)
    const sum = own + powerOf(second, 1 / alpha)
    if (sum > 0 && sum <= 1) return own / sum
  }
}
