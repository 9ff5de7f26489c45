/** A quick network for demonstrations and tests: four plain 3x3 convolutions, each halving the resolution. */
import { scaledChannels } from './channels.ts'
import { convolution, type Layer, type Normalising } from './layer.ts'

const CHANNELS = [16, 32, 64, 128] as const

export function smallCnn(width: number, norm: Normalising['norm'], classes: number): Layer[] {
  const normalising: Normalising = { norm, epsilon: 1e-3 }
  const layers: Layer[] = []
  let inputs = 3
  for (const [index, atWidth1] of CHANNELS.entries()) {
    const name = `block${index + 1}`
    const outputs = scaledChannels(atWidth1, width)
    const shape = { name, size: 3, stride: 2, padding: 'same', inputs, outputs } as const
    layers.push(convolution({ kind: 'conv', ...shape }, `${name}/norm`, 'relu6', normalising))
    inputs = outputs
  }
  layers.push({ kind: 'global-average-pool' }, { kind: 'dense', name: 'head', inputs, outputs: classes })
  return layers
}
