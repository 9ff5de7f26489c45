/** Two checkpoints on the same photos: who is right where the other is not. */

import type { Photo } from '@worldflora/dataset/shard'
import { evaluatePhotos } from '@worldflora/model/evaluation'
import type { Architecture } from '@worldflora/protocol/run-config'

export type Paired = {
  /** Mean over the photos of (later right) - (earlier right). */
  gain: number
  standardError: number
}

/** Whether each photo's best answer is right. Needs an open backend and decoder. */
export async function rightAnswers(
  photos: readonly Photo[],
  classes: number,
  { architecture, weights }: { architecture: Architecture; weights: Float32Array },
): Promise<boolean[]> {
  const rows = await evaluatePhotos({ architecture, classes, weights, photos })
  return rows.photos.map(({ rank }) => rank === 0)
}

export function paired(earlier: readonly boolean[], later: readonly boolean[]): Paired {
  const differences = later.map((right, photo) => Number(right) - Number(earlier[photo]))
  const gain = differences.reduce((sum, difference) => sum + difference, 0) / differences.length
  const squares = differences.reduce((sum, difference) => sum + (difference - gain) ** 2, 0)
  return { gain, standardError: Math.sqrt(squares / (differences.length - 1) / differences.length) }
}
