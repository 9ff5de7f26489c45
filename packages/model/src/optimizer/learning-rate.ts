/**
 * The learning rate of a step. With a `referenceBatch` it is scaled linearly to the run's global batch, and the warm-up climbs
 * from the unscaled rate (Goyal et al. 2017, "Accurate, large minibatch SGD"); without one, from 1/n of the rate. Then the run's
 * schedule: cosine as in Loshchilov and Hutter 2017 ("SGDR"), without restarts; polynomial as You et al. 2017 use it.
 */
import type { OptimizerConfig } from '@worldflora/protocol/run-config'
import { cosineOfPi } from './cosine.ts'
import { wholePower } from './whole-power.ts'

export type RateMoment = {
  step: number
  stepsPerEpoch: number
  steps: number
  /** Samples of a full step. */
  globalBatch: number
}

export function learningRateAt(config: OptimizerConfig, moment: RateMoment): number {
  const { step, stepsPerEpoch, steps } = moment
  const peak = peakRate(config, moment)
  const warmupSteps = Math.min(Math.round(config.warmupEpochs * stepsPerEpoch), steps)
  if (step < warmupSteps) {
    const from = config.learningRate < peak ? config.learningRate : 0
    return from + ((peak - from) * (step + 1)) / warmupSteps
  }
  const end = peak * (config.endFactor ?? 0)
  const passed = (step - warmupSteps) / (steps - warmupSteps)
  switch (config.schedule) {
    case 'constant':
      return peak
    case 'cosine':
      return end + ((peak - end) * (1 + cosineOfPi(passed))) / 2
    case 'polynomial':
      return end + (peak - end) * wholePower(1 - passed, config.power ?? 1)
    case 'step': {
      const falls = config.stepEpochs.filter((epoch) => step >= Math.round(epoch * stepsPerEpoch)).length
      let rate = peak
      for (let i = 0; i < falls; i++) rate *= config.stepFactor
      return rate
    }
  }
}

function peakRate({ learningRate, referenceBatch }: OptimizerConfig, { globalBatch }: RateMoment): number {
  return referenceBatch === undefined ? learningRate : learningRate * (globalBatch / referenceBatch)
}
