/** Every op at shapes that hit its corners: odd sizes, images smaller than the filter, channels that fill no register. */
import * as tf from '@tensorflow/tfjs-core'
import {
  activate,
  activationGradient,
  biasGradient,
  type Convolving,
  channelMoments,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  convolveBiased,
  dense,
  globalAveragePool,
  globalAveragePoolGradient,
  type Labels,
  type LossOptions,
  maxPool,
  maxPoolGradient,
  normalise,
  normaliseGradient,
  softmaxCrossEntropy,
  softTargets,
} from '../../src/ops/index.ts'
import type { Activation } from '../../src/ops/op-types.ts'
import type { OpCase } from './drawn-tensors.ts'

/** [images, height, width, channels in, channels out, filter's size, stride, zeros on each side if not as TensorFlow's 'same'] */
const CONVOLUTIONS = [
  [2, 9, 9, 3, 8, 3, 2],
  [2, 8, 8, 3, 5, 3, 2],
  [1, 8, 6, 8, 8, 3, 1],
  [2, 7, 7, 5, 7, 1, 1],
  [2, 8, 8, 16, 24, 1, 1],
  [3, 11, 10, 6, 13, 1, 1],
  [2, 8, 8, 4, 9, 1, 2],
  [2, 5, 5, 3, 3, 5, 1],
  [2, 6, 7, 5, 4, 2, 2],
  [1, 1, 1, 4, 4, 3, 1],
  [2, 10, 12, 3, 6, 7, 2, 3],
  [2, 9, 9, 3, 8, 7, 2, 3],
  [2, 8, 8, 6, 9, 3, 2, 1],
  [1, 7, 6, 12, 16, 3, 1, 1],
  [2, 6, 6, 8, 8, 1, 2, 0],
  // So large that the filter's gradient is computed from copied panels, with remainders.
  [2, 6, 6, 15, 67, 3, 1],
  [2, 12, 12, 94, 93, 1, 1],
  // So many pixels that a GPU shares them out among workgroups, with a remainder.
  [3, 17, 19, 3, 5, 3, 1],
  [2, 20, 21, 8, 70, 1, 1],
] as const

/** [images, height, width, channels, filter's size, stride, zeros on each side] */
const DEPTHWISE = [
  [2, 9, 9, 3, 3, 2],
  [2, 8, 8, 5, 3, 2],
  [2, 7, 9, 8, 3, 1],
  [2, 8, 8, 7, 3, 1],
  [2, 3, 3, 8, 3, 1],
  [1, 2, 2, 4, 3, 1],
  [1, 1, 1, 4, 3, 1],
  [1, 1, 1, 4, 3, 2],
  [2, 2, 2, 4, 3, 2],
  [1, 6, 6, 5, 5, 1],
  [2, 7, 7, 4, 5, 2],
  [2, 6, 6, 5, 2, 1],
  [2, 8, 8, 5, 3, 2, 1],
  [1, 7, 8, 4, 3, 1, 1],
  [2, 47, 45, 5, 3, 1],
] as const

/** [images, height, width, channels, window, stride, zeros on each side] */
const POOLS = [
  [2, 8, 8, 4, 3, 2, 1],
  [1, 7, 9, 5, 3, 2, 1],
  [2, 6, 6, 3, 2, 2],
  [1, 5, 5, 9, 3, 1],
] as const

/** [rows..., channels]; the last two have several partial sums in them, the last on a GPU too. (Of two rows, nothing but rounding errors would be left of dx.) */
const NORMS = [
  [3, 5, 5, 1],
  [3, 5, 5, 3],
  [2, 4, 4, 8],
  [3, 5, 5, 13],
  [7, 4],
  [1, 3, 1, 4],
  [2, 20, 20, 12],
  [3, 41, 37, 5],
]

const ACTIVATIONS: readonly Activation[] = ['linear', 'relu', 'relu6']

type Maps = tf.Tensor4D

function convolving(
  kind: Convolving['kind'],
  stride: number,
  padding: Convolving['padding'] = 'same',
): Convolving {
  return { kind, stride, padding }
}

function convolutionCase(shapes: OpCase['shapes'], as: Convolving): OpCase {
  return {
    shapes,
    value: (x, filter) => convolve(x as Maps, filter as Maps, as),
    gradients: ([x, filter], _, dy) => [
      convolutionInputGradient(dy as Maps, filter as Maps, x!.shape as Maps['shape'], as),
      convolutionFilterGradient(x as Maps, dy as Maps, filter!.shape as Maps['shape'], as),
    ],
  }
}

function biasedCase(shapes: OpCase['shapes'], as: Convolving, activation: Activation): OpCase {
  return {
    shapes,
    value: (x, filter, bias) =>
      convolveBiased({ x: x as Maps, filter: filter as Maps, bias: bias as tf.Tensor1D }, as, activation),
    gradients: ([x, filter], y, dy) => {
      const dz = activation === 'linear' ? dy : activationGradient(dy, y, activation)
      return [
        convolutionInputGradient(dz as Maps, filter as Maps, x!.shape as Maps['shape'], as),
        convolutionFilterGradient(x as Maps, dz as Maps, filter!.shape as Maps['shape'], as),
        biasGradient(dz as Maps),
      ]
    },
  }
}

function normCase(shape: readonly number[], activation: Activation): OpCase {
  const options = { epsilon: 1e-3, activation }
  const normOf = ([x, scale, offset]: tf.Tensor[]) => ({
    x: x!,
    scale: scale as tf.Tensor1D,
    offset: offset as tf.Tensor1D,
    ...channelMoments(x!),
  })
  return {
    shapes: [shape, [shape.at(-1)!], [shape.at(-1)!]],
    value: (...inputs) => normalise(normOf(inputs), options),
    gradients: (inputs, _, dy) => {
      const { dx, dScale, dOffset } = normaliseGradient({ ...normOf(inputs), dy }, options)
      return [dx, dScale, dOffset]
    },
  }
}

/** One that tfjs differentiates. */
function taped(shapes: OpCase['shapes'], value: OpCase['value']): OpCase {
  return { shapes, value, gradients: (inputs, _, dy) => tf.grads(value)(inputs, dy) }
}

const OWN = [0, 2, 5, 5]
const MIXED = { own: OWN, mixed: { other: [1, 2, 0, 3], shares: [0.7, 0.4, 1, 0.5] } }
const adjustment = () => tf.tensor1d([0, -1, -2, -0.5, -3, -1])

export const LOSSES: [string, { labels: Labels; smoothing: number; options?: () => LossOptions }][] = [
  ['smoothed by 0', { labels: { own: OWN }, smoothing: 0 }],
  ['smoothed by 0.1', { labels: { own: OWN }, smoothing: 0.1 }],
  ['mixed', { labels: MIXED, smoothing: 0.1 }],
  ['adjusted', { labels: { own: OWN }, smoothing: 0.1, options: () => ({ adjustment: adjustment() }) }],
  ['robust', { labels: { own: OWN }, smoothing: 0, options: () => ({ robustness: [0.7, 0.7, 0.7, 1] }) }],
  [
    'mixed, adjusted, and robust but for one sample',
    {
      labels: MIXED,
      smoothing: 0.1,
      options: () => ({ adjustment: adjustment(), robustness: [0.7, 0, 0.3, 0.7] }),
    },
  ],
]

export const OP_CASES: Record<string, OpCase> = Object.fromEntries([
  ...CONVOLUTIONS.map(([n, h, w, inputs, outputs, size, stride, padding]): [string, OpCase] => [
    `conv ${size}x${size}/${stride} ${padding ?? 'same'} of ${n}x${h}x${w}, ${inputs} -> ${outputs}`,
    convolutionCase(
      [
        [n, h, w, inputs],
        [size, size, inputs, outputs],
      ],
      convolving('conv', stride, padding),
    ),
  ]),
  ...DEPTHWISE.map(([n, h, w, channels, size, stride, padding]): [string, OpCase] => [
    `depthwise-conv ${size}x${size}/${stride} ${padding ?? 'same'} of ${n}x${h}x${w}x${channels}`,
    convolutionCase(
      [
        [n, h, w, channels],
        [size, size, channels, 1],
      ],
      convolving('depthwise-conv', stride, padding),
    ),
  ]),
  ...NORMS.flatMap((shape) =>
    ACTIVATIONS.map((activation): [string, OpCase] => [
      `normalise, ${activation}, of ${shape}`,
      normCase(shape, activation),
    ]),
  ),
  ...ACTIVATIONS.flatMap((activation): [string, OpCase][] => [
    [
      `conv, biased, ${activation}`,
      biasedCase([[2, 6, 5, 3], [3, 3, 3, 7], [7]], convolving('conv', 2, 1), activation),
    ],
    [
      `conv, pointwise, biased, ${activation}`,
      biasedCase([[2, 6, 5, 9], [1, 1, 9, 12], [12]], convolving('conv', 1), activation),
    ],
    [
      `depthwise-conv, biased, ${activation}`,
      biasedCase([[2, 6, 6, 5], [3, 3, 5, 1], [5]], convolving('depthwise-conv', 2), activation),
    ],
  ]),
  ...(['relu', 'relu6'] as const).map((activation): [string, OpCase] => [
    activation,
    {
      shapes: [[3, 5, 7]],
      value: (x) => activate(x, activation),
      gradients: (_, y, dy) => [activationGradient(dy, y, activation)],
    },
  ]),
  ...POOLS.map(([n, h, w, channels, size, stride, padding = 'same' as const]): [string, OpCase] => [
    `maxPool ${size}x${size}/${stride} ${padding} of ${n}x${h}x${w}x${channels}`,
    {
      shapes: [[n, h, w, channels]],
      value: (x) => maxPool(x as Maps, { size, stride, padding }),
      gradients: ([x], y, dy) => [
        maxPoolGradient({ x: x as Maps, y: y as Maps, dy: dy as Maps }, { size, stride, padding }),
      ],
    },
  ]),
  [
    'globalAveragePool',
    {
      shapes: [[2, 3, 5, 6]],
      value: (x) => globalAveragePool(x as Maps),
      gradients: ([x], _, dy) => [globalAveragePoolGradient(dy as tf.Tensor2D, x!.shape as Maps['shape'])],
    },
  ],
  [
    'dense',
    taped([[3, 7], [7, 5], [5]], (x, weights, bias) =>
      dense(x as tf.Tensor2D, weights as tf.Tensor2D, bias as tf.Tensor1D),
    ),
  ],
  ...LOSSES.map(([name, { labels, smoothing, options }]): [string, OpCase] => [
    `softmaxCrossEntropy, ${name}`,
    taped([[4, 6]], (x) =>
      softmaxCrossEntropy(x as tf.Tensor2D, softTargets(labels, 6, smoothing), options?.()),
    ),
  ]),
])
