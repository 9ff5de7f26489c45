/** A quick network for demonstrations and tests: four plain 3x3 convolutions, each halving the resolution. */
import { scaledChannels } from './channels.ts'
import type { Layer } from './network.ts'

const CHANNELS = [16, 32, 64, 128] as const

export function smallCnn(width: number, classes: number): Layer[] {
  const layers: Layer[] = []
  let inputs = 3
  for (const [index, atWidth1] of CHANNELS.entries()) {
    const name = `block${index + 1}`
    const outputs = scaledChannels(atWidth1, width)
    layers.push(
      { kind: 'conv', name, size: 3, stride: 2, inputs, outputs },
      { kind: 'batch-norm', name: `${name}/norm`, channels: outputs },
      { kind: 'relu6' },
    )
    inputs = outputs
  }
  layers.push({ kind: 'global-average-pool' }, { kind: 'dense', name: 'head', inputs, outputs: classes })
  return layers
}
