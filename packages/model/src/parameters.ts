/**
 * Which tensors a network has, and their values before the first step. Knows no tensor library: the coordinator makes
 * a run's first checkpoint with it.
 */
import type { ParameterSpec } from '@worldflora/protocol/parameter-layout'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import type { Architecture } from '@worldflora/protocol/run-config'
import { describeNetwork, type Layer } from './architecture/network.ts'

export function parameterSpecs(architecture: Architecture, classes: number): ParameterSpec[] {
  return describeNetwork(architecture, classes).layers.flatMap((layer) => parametersOf(layer).map(specOf))
}

/** What a phase trains: all of the network, or its head alone. */
export function trainedSpecs(
  architecture: Architecture,
  classes: number,
  train: 'all' | 'head',
): ParameterSpec[] {
  if (train === 'all') return parameterSpecs(architecture, classes)
  return parametersOf(headLayer(architecture, classes)).map(specOf)
}

export function headLayer(architecture: Architecture, classes: number): Extract<Layer, { kind: 'dense' }> {
  const head = describeNetwork(architecture, classes).layers.at(-1)!
  if (head.kind !== 'dense') throw new Error('a network ends with its head')
  return head
}

/** How many values go into the head. */
export function featureCount(architecture: Architecture): number {
  return headLayer(architecture, 1).inputs
}

/**
 * The weights of step 0, in the layout's order. Convolutions as He et al. 2015, the head as Glorot and Bengio 2010, both
 * uniform: one random number a weight, and the same bits in every engine (SD1).
 */
export function initialWeights(architecture: Architecture, classes: number, seed: number): Float32Array {
  const parameters = describeNetwork(architecture, classes).layers.flatMap(parametersOf)
  const layout = layoutOf(parameters.map(specOf))
  const initials = new Map(parameters.map((parameter) => [parameter.name, parameter.initial]))
  const weights = new Float32Array(layout.total)
  for (const [index, entry] of layout.entries.entries()) {
    const values = valuesOf(entry, weights)
    const initial = initials.get(entry.spec.name)!
    if (initial.kind === 'constant') {
      values.fill(initial.value)
    } else {
      const random = new RandomStream(seed, 'initialWeights', index)
      for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) * initial.limit
    }
  }
  return weights
}

/** Names of a layer's tensors: what `parametersOf` gives them and `forward.ts` finds them by. */
export const tensorName = {
  filter: (layer: { name: string }) => `${layer.name}/filter`,
  scale: (layer: { name: string }) => `${layer.name}/scale`,
  offset: (layer: { name: string }) => `${layer.name}/offset`,
  mean: (layer: { name: string }) => `${layer.name}/mean`,
  variance: (layer: { name: string }) => `${layer.name}/variance`,
  weights: (layer: { name: string }) => `${layer.name}/weights`,
  bias: (layer: { name: string }) => `${layer.name}/bias`,
}

type Initial = { kind: 'constant'; value: number } | { kind: 'uniform'; limit: number }
type Parameter = { name: string; shape: readonly number[]; role: 'trainable' | 'statistic'; initial: Initial }

function parametersOf(layer: Layer): Parameter[] {
  switch (layer.kind) {
    case 'conv': {
      const limit = Math.sqrt(6 / (layer.size * layer.size * layer.inputs))
      const shape = [layer.size, layer.size, layer.inputs, layer.outputs]
      return [
        { name: tensorName.filter(layer), shape, role: 'trainable', initial: { kind: 'uniform', limit } },
      ]
    }
    case 'depthwise-conv': {
      const limit = Math.sqrt(6 / (layer.size * layer.size))
      const shape = [layer.size, layer.size, layer.channels, 1]
      return [
        { name: tensorName.filter(layer), shape, role: 'trainable', initial: { kind: 'uniform', limit } },
      ]
    }
    case 'batch-norm': {
      const shape = [layer.channels]
      return [
        { name: tensorName.scale(layer), shape, role: 'trainable', initial: { kind: 'constant', value: 1 } },
        { name: tensorName.offset(layer), shape, role: 'trainable', initial: { kind: 'constant', value: 0 } },
        { name: tensorName.mean(layer), shape, role: 'statistic', initial: { kind: 'constant', value: 0 } },
        {
          name: tensorName.variance(layer),
          shape,
          role: 'statistic',
          initial: { kind: 'constant', value: 1 },
        },
      ]
    }
    case 'dense': {
      const limit = Math.sqrt(6 / (layer.inputs + layer.outputs))
      const shape = [layer.inputs, layer.outputs]
      return [
        { name: tensorName.weights(layer), shape, role: 'trainable', initial: { kind: 'uniform', limit } },
        {
          name: tensorName.bias(layer),
          shape: [layer.outputs],
          role: 'trainable',
          initial: { kind: 'constant', value: 0 },
        },
      ]
    }
    case 'relu6':
    case 'global-average-pool':
      return []
  }
}

function specOf({ name, shape, role }: Parameter): ParameterSpec {
  return { name, shape, role, decay: role === 'trainable' && shape.length >= 2 }
}
