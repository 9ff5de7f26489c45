/**
 * MobileNetV2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, table 2; widths and padding as
 * in its authors' implementation (TF-Slim, Keras).
 *
 * Names, and what the same convolution is called elsewhere (its norm is called `.../NAME-norm` here):
 *
 *     here               Keras                          torchvision
 *     stem, stem/norm    Conv1, bn_Conv1                features.0.0, .1
 *     block1/depthwise   expanded_conv_depthwise        features.1.conv.0.0
 *     block1/project     expanded_conv_project          features.1.conv.1
 *     blockN/expand      block_{N-1}_expand             features.N.conv.0.0       N = 2 to 17
 *     blockN/depthwise   block_{N-1}_depthwise          features.N.conv.1.0
 *     blockN/project     block_{N-1}_project            features.N.conv.2
 *     last, last/norm    Conv_1, Conv_1_bn              features.18.0, .1
 *     head               predictions                    classifier.1
 *
 * torchvision's differ in two things: they pad one zero on each side (the same only for maps of odd size), and their norms
 * add 1e-5 to the variance.
 */
import { divisibleChannels } from './channels.ts'
import { type Convolution, convolution, type Layer, type Normalising } from './layer.ts'

/** Table 2: expansion, channels at width 1, number of blocks, stride of the first of them. */
const GROUPS: readonly (readonly [number, number, number, 1 | 2])[] = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
]

/** Not made narrower below width 1. */
const LAST_CHANNELS = 1280

export function mobileNetV2(width: number, norm: Normalising['norm'], classes: number): Layer[] {
  const normalising: Normalising = { norm, epsilon: 1e-3 }
  let channels = divisibleChannels(32, width)
  const stem = { name: 'stem', size: 3, stride: 2, padding: 'same', inputs: 3, outputs: channels } as const
  const layers: Layer[] = [convolution({ kind: 'conv', ...stem }, 'stem/norm', 'relu6', normalising)]
  let block = 0
  for (const [expansion, atWidth1, count, firstStride] of GROUPS) {
    const outputs = divisibleChannels(atWidth1, width)
    for (let i = 0; i < count; i++) {
      block++
      const stride = i === 0 ? firstStride : 1
      const shape = { name: `block${block}`, inputs: channels, outputs, expansion, stride }
      const branch = invertedResidual(shape, normalising)
      if (stride === 1 && channels === outputs) {
        layers.push({ kind: 'residual', branch, shortcut: [], activation: 'linear' })
      } else layers.push(...branch)
      channels = outputs
    }
  }
  const last = Math.max(LAST_CHANNELS, divisibleChannels(LAST_CHANNELS, width))
  layers.push(
    convolution(
      { kind: 'conv', name: 'last', ...pointwise(channels, last) },
      'last/norm',
      'relu6',
      normalising,
    ),
    { kind: 'global-average-pool' },
    { kind: 'dense', name: 'head', inputs: last, outputs: classes },
  )
  return layers
}

/** Widen, convolve each channel, and narrow again without an activation (the linear bottleneck). */
function invertedResidual(
  shape: { name: string; inputs: number; outputs: number; expansion: number; stride: 1 | 2 },
  normalising: Normalising,
): Convolution[] {
  const { name, inputs, outputs, expansion, stride } = shape
  const wide = inputs * expansion
  const each = { size: 3, stride, padding: 'same', inputs: wide, outputs: wide } as const
  const convolve = (
    part: string,
    of: Omit<Convolution, 'name' | 'norm' | 'activation'>,
    activation: 'relu6' | 'linear',
  ) => convolution({ name: `${name}/${part}`, ...of }, `${name}/${part}-norm`, activation, normalising)
  return [
    ...(expansion === 1 ? [] : [convolve('expand', { kind: 'conv', ...pointwise(inputs, wide) }, 'relu6')]),
    convolve('depthwise', { kind: 'depthwise-conv', ...each }, 'relu6'),
    convolve('project', { kind: 'conv', ...pointwise(wide, outputs) }, 'linear'),
  ]
}

function pointwise(inputs: number, outputs: number) {
  return { size: 1, stride: 1, padding: 'same', inputs, outputs } as const
}
