/** Every op at shapes that hit its corners: odd sizes, images smaller than the filter, channels that fill no register. */
import * as tf from '@tensorflow/tfjs-core'
import {
  batchNormInference,
  batchNormRelu6Training,
  batchNormTraining,
  conv2d,
  dense,
  depthwiseConv2d,
  globalAveragePool,
  relu6,
  softmaxCrossEntropy,
  total,
} from '../../src/ops/index.ts'
import type { OpCase } from './drawn-tensors.ts'

/** [images, height, width, channels in, channels out, filter's size, stride] */
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
] as const

/** [images, height, width, channels, filter's size, stride] */
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
] as const

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
  ...CONVOLUTIONS.map(([n, h, w, inputs, outputs, size, stride]): [string, OpCase] => [
    `conv2d ${size}x${size}/${stride} of ${n}x${h}x${w}, ${inputs} -> ${outputs}`,
    {
      shapes: [
        [n, h, w, inputs],
        [size, size, inputs, outputs],
      ],
      compute: (x: tf.Tensor4D, filter: tf.Tensor4D) => conv2d(x, filter, stride),
    },
  ]),
  ...DEPTHWISE.map(([n, h, w, channels, size, stride]): [string, OpCase] => [
    `depthwiseConv2d ${size}x${size}/${stride} of ${n}x${h}x${w}x${channels}`,
    {
      shapes: [
        [n, h, w, channels],
        [size, size, channels, 1],
      ],
      compute: (x: tf.Tensor4D, filter: tf.Tensor4D) => depthwiseConv2d(x, filter, stride),
    },
  ]),
  ...NORMS.flatMap((shape): [string, OpCase][] => {
    const shapes = [shape, [shape.at(-1)!], [shape.at(-1)!]]
    return [
      [`batchNormTraining of ${shape}`, { shapes, compute: (...x: Norm) => batchNormTraining(...x, 1e-3).y }],
      [
        `batchNormRelu6Training of ${shape}`,
        { shapes, compute: (...x: Norm) => batchNormRelu6Training(...x, 1e-3).y },
      ],
    ]
  }),
  [
    'batchNormInference',
    {
      shapes: [[2, 3, 3, 5], [5], [5]],
      compute: (...x: Norm) =>
        batchNormInference(...x, tf.tensor1d([0, 1, -1, 2, 0.5]), tf.tensor1d([1, 2, 0.1, 3, 0.5]), 1e-3),
    },
  ],
  ['relu6', { shapes: [[3, 5, 7]], compute: (x: tf.Tensor3D) => relu6(x) }],
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
