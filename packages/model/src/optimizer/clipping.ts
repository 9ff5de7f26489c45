/** Clipping by global norm (Pascanu, Mikolov, Bengio 2013): a longer gradient keeps its direction and is shortened to the bound. */
import type { OptimizerConfig } from '@worldflora/protocol/run-config'

/** The factor for every value of the gradient; exactly 1 where nothing is clipped. */
export function clipScale({ clipNorm }: Pick<OptimizerConfig, 'clipNorm'>, norm: number): number {
  return clipNorm !== undefined && norm > clipNorm ? clipNorm / norm : 1
}
