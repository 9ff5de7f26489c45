/**
 * Stochastic gradient descent with momentum, in PyTorch's form (Sutskever et al. 2013): v <- m v + g + d w, then
 * w <- w - r v, or with Nesterov w <- w - r (g + d w + m v). Arithmetic is in double precision, rounded once to single.
 */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import type { OptimizerConfig } from '@worldflora/protocol/run-config'

export type SgdRequest = {
  config: OptimizerConfig
  layout: ParameterLayout
  weights: Float32Array
  /** Mean over the step's samples, of the trainable sections at least. */
  gradient: Float32Array
  /** Is not changed. */
  momentum: Float32Array
  learningRate: number
}

/** What to add to the trainable weights, and the momentum of the next step. */
export function sgdUpdate(request: SgdRequest): {
  update: Float32Array<ArrayBuffer>
  momentum: Float32Array<ArrayBuffer>
} {
  const { config, layout, weights, gradient, learningRate } = request
  const update = new Float32Array(request.momentum.length)
  const momentum = new Float32Array(request.momentum.length)
  for (const { spec, offset, length } of layout.entries) {
    if (spec.role !== 'trainable') continue
    const decay = spec.decay ? config.weightDecay : 0
    for (let i = offset; i < offset + length; i++) {
      const slope = gradient[i]! + decay * weights[i]!
      const velocity = config.momentum * request.momentum[i]! + slope
      momentum[i] = velocity
      update[i] = -learningRate * (config.nesterov ? slope + config.momentum * velocity : velocity)
    }
  }
  return { update, momentum }
}
