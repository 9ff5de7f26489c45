/** MobileNetV1: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications", 2017, table 1. */
import { scaledChannels } from './channels.ts'
import { convolution, type Layer, type Normalising } from './layer.ts'

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

export function mobileNetV1(width: number, norm: Normalising['norm'], classes: number): Layer[] {
  // As in the reference implementations of this network.
  const normalising: Normalising = { norm, epsilon: 1e-3 }
  const padding = 'same'
  let channels = scaledChannels(32, width)
  const stem = { name: 'stem', size: 3, stride: 2, padding, inputs: 3, outputs: channels } as const
  const layers: Layer[] = [convolution({ kind: 'conv', ...stem }, 'stem/norm', 'relu6', normalising)]
  for (const [index, [stride, atWidth1]] of BLOCKS.entries()) {
    const block = `block${index + 1}`
    const inputs = channels
    const outputs = scaledChannels(atWidth1, width)
    const depthwise = {
      name: `${block}/depthwise`,
      size: 3,
      stride,
      padding,
      inputs,
      outputs: inputs,
    } as const
    const pointwise = { name: `${block}/pointwise`, size: 1, stride: 1, padding, inputs, outputs } as const
    layers.push(
      convolution({ kind: 'depthwise-conv', ...depthwise }, `${block}/depthwise-norm`, 'relu6', normalising),
      convolution({ kind: 'conv', ...pointwise }, `${block}/pointwise-norm`, 'relu6', normalising),
    )
    channels = outputs
  }
  layers.push(
    { kind: 'global-average-pool' },
    { kind: 'dense', name: 'head', inputs: channels, outputs: classes },
  )
  return layers
}
