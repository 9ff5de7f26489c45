/**
 * Stored weights as tensors of one of our networks: their names recognised, their axes in our order, their function kept.
 *
 * A norm computes scale * (x - mean) / sqrt(variance + epsilon) + offset, and frameworks differ in epsilon. Ours stays; the
 * difference goes into the scale, which becomes scale * sqrt(variance + ours) / sqrt(variance + theirs): in inference the same
 * function, and in training too for batches whose variance is the running one. (The variance could have taken it as well, but
 * would be negative where it is below the difference, and no longer what batches have.)
 *
 * Weights with norms can be taken into a network without (`norm: 'none'`): folded, they are the same function in inference.
 * The other way round nothing is left to norm by, and it is refused.
 */
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { type Convolution, withTensors } from '../architecture/layer.ts'
import { describeNetwork, type Layer } from '../architecture/network.ts'
import { parameterSpecs, tensorName } from '../parameters.ts'
import { faultOfFit } from './fit.ts'
import { headTensors } from './head.ts'
import type { TensorShape } from './named-tensor.ts'
import { type Reading, readFolded, readScale, readValues } from './reading.ts'
import { type Recognised, recognise } from './recognition.ts'
import type { StoredTensor, StoredWeights } from './stored-weights.ts'

/** A tensor of ours. */
export type ImportedTensor = TensorShape & { read(): Promise<Float32Array | Rejection> }

export type ImportedWeights = {
  /** Whose names they came under. */
  naming: string
  /** In the layout's order. */
  tensors: ImportedTensor[]
  /** Of the head; null if there is none, or nobody says of which species it is. */
  species: string[] | null
  remarks: string[]
}

/** `species`: ids of the head's, where the file says them. */
export function importWeights(
  stored: StoredWeights,
  architecture: Architecture,
  species: string[] | null,
): ImportedWeights | Rejection {
  const recognised = recognise(stored, architecture, species?.length ?? 1)
  if (isRejection(recognised)) return recognised
  const { naming, norm, places } = recognised
  const isFolding = norm === 'batch' && architecture.norm === 'none'
  if (norm === 'none' && architecture.norm !== 'none') return foldedAlready()

  const head = Object.values(headTensors(architecture))
  const hasHead = species !== null && head.every((name) => places.has(name))
  if (!hasHead) for (const name of head) places.delete(name)
  const isForeignHead = hasHead ? () => false : headOf(recognised, architecture)
  const fault = faultOfFit([...places.values()], tensorsOfUse(stored, recognised, isForeignHead))
  if (fault !== null) return fault

  const layers = withTensors(describeNetwork({ ...architecture, norm }, 1).layers)
  const reading = { stored, naming, places, stem: layers[0] as Convolution }
  const convolutions = convolutionsByName(layers)
  const entries = layoutOf(parameterSpecs(architecture, species?.length ?? 1)).entries
  return {
    naming: naming.of,
    tensors: entries
      .filter(({ spec }) => hasHead || !head.includes(spec.name))
      .map(({ spec: { name, shape } }) => ({
        name,
        shape,
        read: readerOf(name, reading, convolutions, isFolding),
      })),
    species: hasHead ? species : null,
    remarks: [
      ...(naming.remark === null ? [] : [naming.remark]),
      ...(isFolding ? ['Its norms were folded into the convolutions.'] : []),
      ...([...stored.tensors.keys()].some(isForeignHead)
        ? ['Its head is not taken: it names no species of ours.']
        : []),
    ],
  }
}

function readerOf(
  name: string,
  reading: Reading,
  convolutions: ReadonlyMap<string, Convolution>,
  isFolding: boolean,
): ImportedTensor['read'] {
  const layer = convolutions.get(layerOf(name))
  if (layer === undefined || layer.norm === null) return () => readValues(reading, name)
  const { norm } = layer
  if (isFolding) return () => readFolded(reading, layer, name)
  return name === tensorName.scale(norm) ? () => readScale(reading, norm) : () => readValues(reading, name)
}

/** By their own names and by those of their norms. */
function convolutionsByName(layers: readonly (Convolution | Extract<Layer, { kind: 'dense' }>)[]) {
  const convolutions = new Map<string, Convolution>()
  for (const layer of layers) {
    if (layer.kind === 'dense') continue
    convolutions.set(layer.name, layer)
    if (layer.norm !== null) convolutions.set(layer.norm.name, layer)
  }
  return convolutions
}

/** Without a head that is not taken, and without what the dialect has beside weights. */
function tensorsOfUse(
  { tensors }: StoredWeights,
  { naming }: Recognised,
  isForeignHead: (name: string) => boolean,
): ReadonlyMap<string, StoredTensor> {
  const { ignored } = naming.dialect
  const isOfUse = (name: string) => !isForeignHead(name) && !ignored.some((suffix) => name.endsWith(suffix))
  return new Map([...tensors].filter(([name]) => isOfUse(name)))
}

function headOf({ naming }: Recognised, architecture: Architecture): (name: string) => boolean {
  const called = naming.called(layerOf(headTensors(architecture).bias))
  const heads = called === null ? naming.foreignHeads : [called, ...naming.foreignHeads]
  return (name) => heads.some((head) => name.startsWith(`${head}/`) || name.startsWith(`${head}.`))
}

function layerOf(tensor: string): string {
  return tensor.slice(0, tensor.lastIndexOf('/'))
}

function foldedAlready(): Rejection {
  return reject(
    'weights-do-not-fit',
    'The norms of these weights are folded into their convolutions: there are none left.',
    'Give the architecture "norm": "none", or bring the weights before they were folded.',
  )
}
