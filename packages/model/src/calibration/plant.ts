/** Whether there is a plant at all, by what a model's check says of the photos. */
import type { Calibration } from '@worldflora/protocol/calibration'

/** Of several photos of one plant: it is enough that one shows it. null: the model has no check. */
export function plantScoreOf(looks: readonly { plant: number | null }[]): number | null {
  return looks.reduce<number | null>(
    (most, { plant }) => (most === null || (plant !== null && plant > most) ? plant : most),
    null,
  )
}

/** CA3. null: the model cannot tell. */
export function showsPlant(
  calibration: Calibration | null,
  looks: readonly { plant: number | null }[],
): boolean | null {
  const score = plantScoreOf(looks)
  const check = calibration?.plantCheck
  return score === null || !check ? null : score >= check.threshold
}
