/** Where a naming has each of a network's tensors. */
import type { Architecture } from '@worldflora/protocol/run-config'
import { withTensors } from '../architecture/layer.ts'
import { describeNetwork } from '../architecture/network.ts'
import { tensorName } from '../parameters.ts'
import type { Stored } from './dialect.ts'
import type { ExpectedTensor } from './fit.ts'
import type { Naming } from './naming.ts'

/** Of one of our tensors (`as`): its name and shape there. `values` brings what is read there into our order of axes. */
export type Place = ExpectedTensor & Pick<Stored, 'values'>
/** By our names, in the order of the layers. Layers that the naming does not know are not there. */
export type Places = Map<string, Place>

export function placesOf(architecture: Architecture, classes: number, naming: Naming): Places {
  const places: Places = new Map()
  const { dialect } = naming
  const add = (as: string, layer: string, { suffix, shape, values }: Stored) => {
    const called = naming.called(layer)
    if (called !== null) places.set(as, { as, name: called + suffix, shape, values })
  }
  for (const layer of withTensors(describeNetwork(architecture, classes).layers)) {
    if (layer.kind === 'dense') {
      add(tensorName.weights(layer), layer.name, dialect.dense(layer))
      add(tensorName.bias(layer), layer.name, dialect.bias(layer.outputs))
      continue
    }
    const { norm, outputs } = layer
    add(tensorName.filter(layer), layer.name, dialect.filter(layer))
    if (norm === null) {
      add(tensorName.bias(layer), layer.name, dialect.bias(outputs))
      continue
    }
    for (const part of ['scale', 'offset', 'mean', 'variance'] as const) {
      add(tensorName[part](norm), norm.name, dialect.norm[part](outputs))
    }
  }
  return places
}
