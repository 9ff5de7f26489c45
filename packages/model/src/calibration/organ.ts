/** CA4: which organ a photo shows, by what the model's checks say of it. */
import type { Calibration } from '@worldflora/protocol/calibration'
import { bestOf } from '../ranking.ts'

/** null: the model knows no organs. */
export function suggestedOrgan(
  calibration: Calibration | null,
  { organs }: { organs: Float32Array },
): { name: string; score: number } | null {
  const [best] = bestOf(organs, 1)
  const name = best && calibration?.organs?.names[best[0]]
  return best === undefined || name === undefined ? null : { name, score: best[1] }
}
