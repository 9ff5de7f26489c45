/**
 * The learning rate of a step: linear warm-up from 1/n of the rate to all of it (Goyal et al. 2017, "Accurate, large
 * minibatch SGD"), then the run's schedule; cosine as in Loshchilov and Hutter 2017 ("SGDR"), without restarts.
 */
import type { OptimizerConfig } from '@worldflora/protocol/run-config'
import { cosineOfPi } from './cosine.ts'

export type RateMoment = { step: number; stepsPerEpoch: number; steps: number }

export function learningRateAt(config: OptimizerConfig, { step, stepsPerEpoch, steps }: RateMoment): number {
  const warmupSteps = Math.min(Math.round(config.warmupEpochs * stepsPerEpoch), steps)
  if (step < warmupSteps) return (config.learningRate * (step + 1)) / warmupSteps
  switch (config.schedule) {
    case 'constant':
      return config.learningRate
    case 'cosine':
      return (config.learningRate * (1 + cosineOfPi((step - warmupSteps) / (steps - warmupSteps)))) / 2
    case 'step': {
      const passed = config.stepEpochs.filter((epoch) => step >= Math.round(epoch * stepsPerEpoch)).length
      let rate = config.learningRate
      for (let i = 0; i < passed; i++) rate *= config.stepFactor
      return rate
    }
  }
}
