/** Every op at shapes that hit its corners: odd sizes, images smaller than the filter, channels that fill no register. */
import * as tf from '@tensorflow/tfjs-core'
import {
  addActivated,
  batchNormInference,
  batchNormTraining,
  biasedConv2d,
  biasedDepthwiseConv2d,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  maxPool,
  softmaxCrossEntropy,
  total,
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
] as const

/** [images, height, width, channels, window, stride, zeros on each side] */
const POOLS = [
  [2, 8, 8, 4, 3, 2, 1],
  [1, 7, 9, 5, 3, 2, 1],
  [2, 6, 6, 3, 2, 2],
  [1, 5, 5, 9, 3, 1],
] as const

const ACTIVATIONS: readonly Activation[] = ['linear', 'relu', 'relu6']
const STRIDE_1 = { stride: 1, padding: 'same' } as const

/** [rows..., channels]; the last has several partial sums in it. (Of two rows, nothing but rounding errors would be left of dx.) */
const NORMS = [
  [3, 5, 5, 1],
  [3, 5, 5, 3],
  [2, 4, 4, 8],
  [3, 5, 5, 13],
  [7, 4],
  [1, 3, 1, 4],
  [2, 20, 20, 12],
]

type Norm = [tf.Tensor, tf.Tensor1D, tf.Tensor1D]

export const OP_CASES: Record<string, OpCase> = Object.fromEntries([
  ...CONVOLUTIONS.map(
    ([n, h, w, inputs, outputs, size, stride, padding = 'same' as const]): [string, OpCase] => [
      `conv2d ${size}x${size}/${stride} ${padding} of ${n}x${h}x${w}, ${inputs} -> ${outputs}`,
      {
        shapes: [
          [n, h, w, inputs],
          [size, size, inputs, outputs],
        ],
        compute: (x: tf.Tensor4D, filter: tf.Tensor4D) => conv2d(x, filter, { stride, padding }),
      },
    ],
  ),
  ...DEPTHWISE.map(([n, h, w, channels, size, stride, padding = 'same' as const]): [string, OpCase] => [
    `depthwiseConv2d ${size}x${size}/${stride} ${padding} of ${n}x${h}x${w}x${channels}`,
    {
      shapes: [
        [n, h, w, channels],
        [size, size, channels, 1],
      ],
      compute: (x: tf.Tensor4D, filter: tf.Tensor4D) => depthwiseConv2d(x, filter, { stride, padding }),
    },
  ]),
  ...NORMS.flatMap((shape): [string, OpCase][] => {
    const shapes = [shape, [shape.at(-1)!], [shape.at(-1)!]]
    return ACTIVATIONS.map((activation) => [
      `batchNormTraining, ${activation}, of ${shape}`,
      { shapes, compute: (...x: Norm) => batchNormTraining(...x, { epsilon: 1e-3, activation }).y },
    ])
  }),
  ...ACTIVATIONS.flatMap((activation): [string, OpCase][] => [
    [
      `biasedConv2d, ${activation}`,
      {
        shapes: [[2, 6, 5, 3], [3, 3, 3, 7], [7]],
        compute: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) =>
          biasedConv2d(x, filter, bias, { stride: 2, padding: 1, activation }),
      },
    ],
    [
      `biasedConv2d, pointwise, ${activation}`,
      {
        shapes: [[2, 6, 5, 9], [1, 1, 9, 12], [12]],
        compute: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) =>
          biasedConv2d(x, filter, bias, { ...STRIDE_1, activation }),
      },
    ],
    [
      `biasedDepthwiseConv2d, ${activation}`,
      {
        shapes: [[2, 6, 6, 5], [3, 3, 5, 1], [5]],
        compute: (x: tf.Tensor4D, filter: tf.Tensor4D, bias: tf.Tensor1D) =>
          biasedDepthwiseConv2d(x, filter, bias, { stride: 2, padding: 'same', activation }),
      },
    ],
    [
      `addActivated, ${activation}`,
      {
        shapes: [
          [2, 3, 5, 7],
          [2, 3, 5, 7],
        ],
        compute: (a: tf.Tensor4D, b: tf.Tensor4D) => addActivated(a, b, activation),
      },
    ],
    [
      `addActivated, ${activation}, of a map and its own convolution`,
      {
        shapes: [
          [2, 4, 4, 6],
          [3, 3, 6, 6],
        ],
        compute: (x: tf.Tensor4D, filter: tf.Tensor4D) =>
          addActivated(conv2d(x, filter, STRIDE_1), x, activation),
      },
    ],
  ]),
  ...POOLS.map(([n, h, w, channels, size, stride, padding = 'same' as const]): [string, OpCase] => [
    `maxPool ${size}x${size}/${stride} ${padding} of ${n}x${h}x${w}x${channels}`,
    {
      shapes: [[n, h, w, channels]],
      compute: (x: tf.Tensor4D) => maxPool(x, size, stride, padding),
    },
  ]),
  [
    'maxPool of equals',
    {
      shapes: [[1, 6, 6, 5]],
      compute: (x: tf.Tensor4D) => maxPool(addActivated(x, tf.zeros(x.shape), 'relu6'), 3, 2, 1),
    },
  ],
  [
    'batchNormInference',
    {
      shapes: [[2, 3, 3, 5], [5], [5]],
      compute: (...x: Norm) =>
        batchNormInference(...x, tf.tensor1d([0, 1, -1, 2, 0.5]), tf.tensor1d([1, 2, 0.1, 3, 0.5]), 1e-3),
    },
  ],
  ['globalAveragePool', { shapes: [[2, 3, 5, 6]], compute: (x: tf.Tensor4D) => globalAveragePool(x) }],
  [
    'dense',
    {
      shapes: [[3, 7], [7, 5], [5]],
      compute: (x: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor1D) => dense(x, weights, bias),
    },
  ],
  ...[0, 0.1].map((smoothing): [string, OpCase] => [
    `softmaxCrossEntropy, smoothed by ${smoothing}`,
    {
      shapes: [[4, 6]],
      compute: (x: tf.Tensor2D) => softmaxCrossEntropy(x, tf.tensor1d([0, 2, 5, 5], 'int32'), smoothing),
    },
  ]),
  ['total', { shapes: [[3, 4]], compute: (x: tf.Tensor2D) => total(x) }],
])
