/** One layer of a training pass: maps to maps, and back. */
import * as tf from '@tensorflow/tfjs-core'
import { activate, activationGradient, maxPool, maxPoolGradient } from '../ops/index.ts'
import { convolutionStep } from './convolution-step.ts'
import type { Layer, Residual } from './layer.ts'
import type { Network } from './network.ts'
import type { NamedTensors } from './tensors.ts'
import type { Statistics } from './training-pass.ts'

export type MapStep = {
  /** The step's own, until it has gone back or is disposed of. */
  y: tf.Tensor4D
  /**
   * Consumes dy; gives the gradient of what went in, which is the caller's, or null where nobody asked for it. Puts those of
   * the weights into `gradients`. By then nobody needs y any more.
   */
  backward(dy: tf.Tensor4D, gradients: Map<string, tf.Tensor>): tf.Tensor4D | null
  dispose(): void
}

export type StepContext = { weights: NamedTensors; statistics: Statistics }

type MapLayer = Exclude<Network['layers'][number], { kind: 'global-average-pool' | 'dense' }>

/** `x` is not consumed, and must live until the way back. `wanted`: whether its gradient will be asked for. */
export function stepOf(layer: MapLayer, context: StepContext, x: tf.Tensor4D, wanted: boolean): MapStep {
  switch (layer.kind) {
    case 'conv':
    case 'depthwise-conv':
      return convolutionStep(layer, context, x, wanted)
    case 'max-pool':
      return maxPoolStep(layer, x)
    case 'residual':
      return residualStep(layer, context, x)
  }
}

function maxPoolStep(layer: Extract<Layer, { kind: 'max-pool' }>, x: tf.Tensor4D): MapStep {
  const y = maxPool(x, layer)
  return {
    y,
    backward(dy) {
      const dx = maxPoolGradient({ x, y, dy }, layer)
      tf.dispose([dy, y])
      return dx
    },
    dispose: () => y.dispose(),
  }
}

function residualStep(layer: Residual, context: StepContext, x: tf.Tensor4D): MapStep {
  const { activation } = layer
  const along = (layers: Residual['branch']): MapStep[] => {
    const steps: MapStep[] = []
    for (const each of layers) steps.push(convolutionStep(each, context, steps.at(-1)?.y ?? x, true))
    return steps
  }
  const branch = along(layer.branch)
  const shortcut = along(layer.shortcut)
  const sum = tf.add(branch.at(-1)!.y, shortcut.at(-1)?.y ?? x) as tf.Tensor4D
  const y = activate(sum, activation)
  if (y !== sum) sum.dispose()
  // Both ways end without an activation: nobody goes back through their values.
  tf.dispose([branch.at(-1)!.y, ...shortcut.slice(-1).map((step) => step.y)])
  return {
    y,
    backward(dy, gradients) {
      const dSum = activation === 'linear' ? dy : activationGradient(dy, y, activation)
      if (dSum !== dy) dy.dispose()
      y.dispose()
      const back = (steps: MapStep[]): tf.Tensor4D =>
        steps.reduceRight((passing, step) => step.backward(passing, gradients)!, tf.clone(dSum))
      const ways = [back(branch), back(shortcut)] as const
      const dx = tf.add(...ways) as tf.Tensor4D
      tf.dispose([dSum, ...ways])
      return dx
    },
    dispose() {
      y.dispose()
      for (const step of [...branch, ...shortcut]) step.dispose()
    },
  }
}
