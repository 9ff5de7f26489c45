/** MobileNetV1: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017, table 1. */
import { scaledChannels } from './channels.ts'
import type { Layer } from './network.ts'

/** [stride of the depthwise convolution, channels after the pointwise convolution at width 1]. */
const BLOCKS: readonly (readonly [1 | 2, number])[] = [
  [1, 64],
  [2, 128],
  [1, 128],
  [2, 256],
  [1, 256],
  [2, 512],
  [1, 512],
  [1, 512],
  [1, 512],
  [1, 512],
  [1, 512],
  [2, 1024],
  [1, 1024],
]

export function mobileNetV1(width: number, classes: number): Layer[] {
  let channels = scaledChannels(32, width)
  const layers: Layer[] = [
    { kind: 'conv', name: 'stem', size: 3, stride: 2, inputs: 3, outputs: channels },
    { kind: 'batch-norm', name: 'stem/norm', channels },
    { kind: 'relu6' },
  ]
  for (const [index, [stride, atWidth1]] of BLOCKS.entries()) {
    const name = `block${index + 1}`
    const outputs = scaledChannels(atWidth1, width)
    layers.push(
      { kind: 'depthwise-conv', name: `${name}/depthwise`, size: 3, stride, channels },
      { kind: 'batch-norm', name: `${name}/depthwise-norm`, channels },
      { kind: 'relu6' },
      { kind: 'conv', name: `${name}/pointwise`, size: 1, stride: 1, inputs: channels, outputs },
      { kind: 'batch-norm', name: `${name}/pointwise-norm`, channels: outputs },
      { kind: 'relu6' },
    )
    channels = outputs
  }
  layers.push(
    { kind: 'global-average-pool' },
    { kind: 'dense', name: 'head', inputs: channels, outputs: classes },
  )
  return layers
}
