/** A network that has learnt a few photos by heart, with plain SGD. */
import { layoutOf, TALLY } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { computeGradient } from '../src/gradient.ts'
import { initialWeights, parameterSpecs } from '../src/parameters.ts'
import { drawTask, testRun } from './test-run.ts'

export type Learnt = {
  weights: Float32Array
  photos: Awaited<ReturnType<typeof drawTask>>
  /** Of each step, a photo's mean. */
  losses: number[]
}

/** Needs an open backend and decoder. */
export async function learnByHeart(
  architecture: Architecture,
  { rate, steps, classes, photos: count }: { rate: number; steps: number; classes: number; photos: number },
): Promise<Learnt> {
  const config = testRun({ architecture, samplesPerTask: count })
  const photos = await drawTask(count, classes)
  const layout = layoutOf(parameterSpecs(architecture, classes))
  const weights = initialWeights(architecture, classes, 1)
  const trainable = layout.quantised + layout.exact
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const sum = await computeGradient({ config, classes, weights, photos, epoch: step, step, task: 0 })
    for (let i = 0; i < layout.total; i++) {
      const mean = sum[i]! / count
      if (i < trainable) weights[i]! -= rate * mean
      else weights[i]! += 0.3 * (mean - weights[i]!)
    }
    losses.push(sum[layout.total + TALLY.loss]! / count)
  }
  return { weights, photos, losses }
}
