/**
 * Which tensors a network has, and their values before the first step. Knows no tensor library: the coordinator makes
 * a run's first checkpoint with it.
 */
import type { ParameterSpec } from '@worldflora/protocol/parameter-layout'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import type { Architecture } from '@worldflora/protocol/run-config'
import { type Convolution, type Dense, withTensors } from './architecture/layer.ts'
import { describeNetwork } from './architecture/network.ts'

export function parameterSpecs(architecture: Architecture, classes: number): ParameterSpec[] {
  return parametersOf(architecture, classes).map(specOf)
}

/** What a phase trains: all of the network, or its head alone. */
export function trainedSpecs(
  architecture: Architecture,
  classes: number,
  train: 'all' | 'head',
): ParameterSpec[] {
  if (train === 'all') return parameterSpecs(architecture, classes)
  return ofDense(headLayer(architecture, classes)).map(specOf)
}

export function headLayer(architecture: Architecture, classes: number): Dense {
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
  const parameters = parametersOf(architecture, classes)
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

/** Names of the tensors of a convolution, a norm or the head: what they are made with here and found by elsewhere. */
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

const ONES: Initial = { kind: 'constant', value: 1 }
const ZEROS: Initial = { kind: 'constant', value: 0 }

function parametersOf(architecture: Architecture, classes: number): Parameter[] {
  return withTensors(describeNetwork(architecture, classes).layers).flatMap((layer) =>
    layer.kind === 'dense' ? ofDense(layer) : ofConvolution(layer),
  )
}

function ofConvolution(layer: Convolution): Parameter[] {
  const { size, inputs, outputs, norm } = layer
  const dense = layer.kind === 'conv'
  const shape = dense ? [size, size, inputs, outputs] : [size, size, inputs, 1]
  const fanIn = size * size * (dense ? inputs : 1)
  const initial: Initial = { kind: 'uniform', limit: Math.sqrt(6 / fanIn) }
  const filter: Parameter = { name: tensorName.filter(layer), shape, role: 'trainable', initial }
  const perChannel = (name: string, role: Parameter['role'], initial: Initial): Parameter => ({
    name,
    shape: [outputs],
    role,
    initial,
  })
  if (norm === null) return [filter, perChannel(tensorName.bias(layer), 'trainable', ZEROS)]
  return [
    filter,
    perChannel(tensorName.scale(norm), 'trainable', { kind: 'constant', value: norm.initialScale }),
    perChannel(tensorName.offset(norm), 'trainable', ZEROS),
    perChannel(tensorName.mean(norm), 'statistic', ZEROS),
    perChannel(tensorName.variance(norm), 'statistic', ONES),
  ]
}

function ofDense(layer: Dense): Parameter[] {
  const { inputs, outputs } = layer
  const initial: Initial = { kind: 'uniform', limit: Math.sqrt(6 / (inputs + outputs)) }
  return [
    { name: tensorName.weights(layer), shape: [inputs, outputs], role: 'trainable', initial },
    { name: tensorName.bias(layer), shape: [outputs], role: 'trainable', initial: ZEROS },
  ]
}

function specOf({ name, shape, role }: Parameter): ParameterSpec {
  return { name, shape, role, decay: role === 'trainable' && shape.length >= 2 }
}
