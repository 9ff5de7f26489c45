/**
 * A network as data: a list of layers, from which the parameters (`parameters.ts`) and the computation (`training-pass.ts`,
 * `inference-network.ts`) are both derived. Knows no tensors, so that the coordinator can lay out a run's weights without a
 * tensor library.
 */
import type { Architecture } from '@worldflora/protocol/run-config'
import type { Layer } from './layer.ts'
import { mobileNetV1 } from './mobilenet-v1.ts'
import { mobileNetV2 } from './mobilenet-v2.ts'
import { resNet50 } from './resnet-50.ts'
import { smallCnn } from './small-cnn.ts'

export type { Layer } from './layer.ts'
export type Network = { imageSize: number; classes: number; layers: readonly Layer[] }

export function describeNetwork(architecture: Architecture, classes: number): Network {
  return { imageSize: architecture.imageSize, classes, layers: layersOf(architecture, classes) }
}

function layersOf(architecture: Architecture, classes: number): Layer[] {
  const norm = architecture.norm ?? 'batch'
  switch (architecture.name) {
    case 'small-cnn':
      return smallCnn(architecture.width, norm, classes)
    case 'mobilenet-v1':
      return mobileNetV1(architecture.width, norm, classes)
    case 'mobilenet-v2':
      return mobileNetV2(architecture.width, norm, classes)
    case 'resnet-50':
      return resNet50(architecture.width, norm, classes)
  }
}
