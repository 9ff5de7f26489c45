/**
 * ResNet-50: He et al., "Deep Residual Learning for Image Recognition", 2015, table 1, in the form known as v1.5: a
 * stage halves the resolution in the 3x3 convolution of its first block, not in the 1x1 before it (torchvision's, NVIDIA's).
 * Padding and epsilon are torchvision's. The last norm of every branch starts at scale 0, so that a block starts
 * as its shortcut: Goyal et al., "Accurate, Large Minibatch SGD", 2017, section 5.1. Its authors have no widths; ours scale every
 * layer.
 *
 * Names, and what torchvision calls the same (norms `.../convN-norm` here, `bnN` there):
 *
 *     here                              torchvision
 *     stem, stem/norm                   conv1, bn1
 *     stageS/blockB/conv1, 2, 3         layerS.{B-1}.conv1, 2, 3       S = 1 to 4, B from 1
 *     stageS/block1/shortcut            layerS.0.downsample.0, .1
 *     head                              fc
 */
import { scaledChannels } from './channels.ts'
import { type Convolution, convolution, type Layer, type Normalising } from './layer.ts'

/** Channels within a stage's blocks (four times as many come out), number of blocks, stride. */
const STAGES: readonly (readonly [number, number, 1 | 2])[] = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
]
const EXPANSION = 4

export function resNet50(width: number, norm: Normalising['norm'], classes: number): Layer[] {
  const normalising: Normalising = { norm, epsilon: 1e-5 }
  let channels = scaledChannels(64, width)
  const stem = { name: 'stem', size: 7, stride: 2, padding: 3, inputs: 3, outputs: channels }
  const layers: Layer[] = [
    convolution({ kind: 'conv', ...stem }, 'stem/norm', 'relu', normalising),
    { kind: 'max-pool', size: 3, stride: 2, padding: 1 },
  ]
  for (const [stage, [atWidth1, count, firstStride]] of STAGES.entries()) {
    const inner = scaledChannels(atWidth1, width)
    for (let i = 0; i < count; i++) {
      const stride = i === 0 ? firstStride : 1
      const block = { name: `stage${stage + 1}/block${i + 1}`, inputs: channels, inner, stride }
      layers.push(bottleneck(block, normalising))
      channels = EXPANSION * inner
    }
  }
  layers.push(
    { kind: 'global-average-pool' },
    { kind: 'dense', name: 'head', inputs: channels, outputs: classes },
  )
  return layers
}

function bottleneck(
  { name, inputs, inner, stride }: { name: string; inputs: number; inner: number; stride: 1 | 2 },
  normalising: Normalising,
): Layer {
  const outputs = EXPANSION * inner
  const convolve = (
    part: string,
    of: Pick<Convolution, 'size' | 'stride' | 'inputs' | 'outputs'>,
    activation: 'relu' | 'linear',
  ) => {
    const shape = { kind: 'conv', name: `${name}/${part}`, padding: (of.size - 1) / 2, ...of } as const
    return convolution(shape, `${name}/${part}-norm`, activation, normalising)
  }
  const narrow = convolve('conv1', { size: 1, stride: 1, inputs, outputs: inner }, 'relu')
  const middle = convolve('conv2', { size: 3, stride, inputs: inner, outputs: inner }, 'relu')
  const widen = convolve('conv3', { size: 1, stride: 1, inputs: inner, outputs }, 'linear')
  if (widen.norm !== null) widen.norm.initialScale = 0
  const shortcut =
    inputs === outputs ? [] : [convolve('shortcut', { size: 1, stride, inputs, outputs }, 'linear')]
  return { kind: 'residual', branch: [narrow, middle, widen], shortcut, activation: 'relu' }
}
