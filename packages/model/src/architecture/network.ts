/**
 * A network as data: a list of layers, from which the parameters (`parameters.ts`) and the computation (`forward.ts`) are
 * both derived. Knows no tensors, so that the coordinator can lay out a run's weights without a tensor library.
 */
import type { Architecture } from '@worldflora/protocol/run-config'
import { mobileNetV1 } from './mobilenet-v1.ts'
import { smallCnn } from './small-cnn.ts'

/** Images and activations are [batch, height, width, channels]; convolutions pad as TensorFlow's 'same' and have no bias. */
export type Layer =
  | { kind: 'conv'; name: string; size: number; stride: 1 | 2; inputs: number; outputs: number }
  | { kind: 'depthwise-conv'; name: string; size: number; stride: 1 | 2; channels: number }
  | { kind: 'batch-norm'; name: string; channels: number }
  | { kind: 'relu6' }
  | { kind: 'global-average-pool' }
  | { kind: 'dense'; name: string; inputs: number; outputs: number }

/** Added to a variance before its root, as in the reference implementations of these networks. */
export const NORM_EPSILON = 1e-3

export type Network = { imageSize: number; classes: number; layers: readonly Layer[] }

export function describeNetwork(architecture: Architecture, classes: number): Network {
  const layers =
    architecture.name === 'small-cnn'
      ? smallCnn(architecture.width, classes)
      : mobileNetV1(architecture.width, classes)
  return { imageSize: architecture.imageSize, classes, layers }
}
