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
import { foldedConvolution } from '../architecture/folding.ts'
import { type Convolution, type Norm, withTensors } from '../architecture/layer.ts'
import { describeNetwork } from '../architecture/network.ts'
import { parameterSpecs, tensorName } from '../parameters.ts'
import { faultOfFit, list } from './fit.ts'
import { headTensors } from './head.ts'
import { scaledFilter, shiftedMean } from './input-scaling.ts'
import type { TensorShape } from './named-tensor.ts'
import { type Naming, namingsOf } from './naming.ts'
import { type Places, placesOf } from './places.ts'
import type { StoredWeights } from './stored-weights.ts'

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

export function importWeights(
  stored: StoredWeights,
  architecture: Architecture,
  species: string[] | null,
): ImportedWeights | Rejection {
  const recognised = recognise(stored, architecture, species?.length ?? 1)
  if (isRejection(recognised)) return recognised
  const { naming, norm, places } = recognised
  const wanted = architecture.norm ?? 'batch'
  if (wanted === 'batch' && norm === 'none') return foldedAlready()

  const head = Object.values(headTensors(architecture))
  const hasHead = species !== null && head.every((name) => places.has(name))
  if (!hasHead) for (const name of head) places.delete(name)
  const present = new Map(
    [...stored.tensors].filter(([name]) => hasHead || !isHead(name, naming, architecture)),
  )
  const foreignHead = present.size < stored.tensors.size
  for (const name of stored.tensors.keys()) {
    if (naming.dialect.ignored.some((suffix) => name.endsWith(suffix))) present.delete(name)
  }
  const fault = faultOfFit([...places.values()], present)
  if (fault !== null) return fault

  const layers = withTensors(describeNetwork({ ...architecture, norm }, 1).layers)
  const [stem] = layers
  if (stem?.kind !== 'conv') throw new Error('a network begins with a convolution')
  const reading: Reading = { stored, places, naming, stem }
  const convolutions = new Map<string, Convolution>()
  for (const layer of layers) {
    if (layer.kind === 'dense') continue
    for (const one of [layer, layer.norm]) if (one !== null) convolutions.set(one.name, layer)
  }
  const tensors = layoutOf(parameterSpecs(architecture, species?.length ?? 1))
    .entries.filter(({ spec }) => hasHead || !head.includes(spec.name))
    .map(({ spec: { name, shape } }): ImportedTensor => {
      const layer = convolutions.get(name.slice(0, name.lastIndexOf('/')))
      if (layer?.norm && wanted === 'none')
        return { name, shape, read: () => readFolded(reading, layer, name) }
      if (layer?.norm && name === tensorName.scale(layer.norm)) {
        return { name, shape, read: () => readScale(reading, layer.norm!) }
      }
      return { name, shape, read: () => readOurs(reading, name) }
    })
  return {
    naming: naming.of,
    tensors,
    species: hasHead ? species : null,
    remarks: [
      ...(naming.remark === null ? [] : [naming.remark]),
      ...(wanted === 'none' && norm === 'batch' ? ['Its norms were folded into the convolutions.'] : []),
      ...(foreignHead ? ['Its head is not taken: it names no species of ours.'] : []),
    ],
  }
}

/** The naming, with norms or without, under which most of the stored tensors are known. */
function recognise(
  { tensors }: StoredWeights,
  architecture: Architecture,
  classes: number,
): { naming: Naming; norm: 'batch' | 'none'; places: Places } | Rejection {
  const candidates = namingsOf(architecture).flatMap((naming) =>
    (['batch', 'none'] as const).map((norm) => {
      const places = placesOf({ ...architecture, norm }, classes, naming)
      return {
        naming,
        norm,
        places,
        known: [...places.values()].filter(({ name }) => tensors.has(name)).length,
      }
    }),
  )
  const best = candidates.reduce((a, b) => (b.known > a.known ? b : a))
  if (best.known > 0) return best
  return reject(
    'unknown-names',
    `None of these weights has a name that is known for ${architecture.name}: ${list([...tensors.keys()])}.`,
    `Known are those of ${namingsOf(architecture)
      .map(({ of }) => of)
      .join(', ')}. Choose the architecture that the weights are of.`,
  )
}

function isHead(name: string, naming: Naming, architecture: Architecture): boolean {
  const own = headTensors(architecture).bias
  const called = naming.called(own.slice(0, own.lastIndexOf('/')))
  const heads = called === null ? naming.foreignHeads : [called, ...naming.foreignHeads]
  return heads.some((head) => name.startsWith(`${head}/`) || name.startsWith(`${head}.`))
}

type Reading = { stored: StoredWeights; places: Places; naming: Naming; stem: Convolution }

async function readPlace({ stored, places }: Reading, name: string): Promise<Float32Array | Rejection> {
  const place = places.get(name)!
  const read = await stored.tensors.get(place.name)!.read()
  return isRejection(read) ? read : place.values(read)
}

/** As it has to be for colours as ours are scaled. */
async function readOurs(reading: Reading, name: string): Promise<Float32Array | Rejection> {
  const values = await readPlace(reading, name)
  const { naming, stem } = reading
  if (naming.input === null || isRejection(values)) return values
  if (name === tensorName.filter(stem)) return scaledFilter(values, stem.outputs, naming.input)
  if (stem.norm === null || name !== tensorName.mean(stem.norm)) return values
  const filter = await readPlace(reading, tensorName.filter(stem))
  return isRejection(filter) ? filter : shiftedMean(values, filter, naming.input)
}

async function readScale(reading: Reading, norm: Norm): Promise<Float32Array | Rejection> {
  const scale = await readPlace(reading, tensorName.scale(norm))
  const theirs = reading.naming.epsilon ?? norm.epsilon
  if (isRejection(scale) || theirs === norm.epsilon) return scale
  const variance = await readPlace(reading, tensorName.variance(norm))
  if (isRejection(variance)) return variance
  return scale.map((value, c) => value * Math.sqrt((variance[c]! + norm.epsilon) / (variance[c]! + theirs)))
}

/** The filter or the bias of a convolution that has its norm in it. */
async function readFolded(
  reading: Reading,
  layer: Convolution,
  name: string,
): Promise<Float32Array | Rejection> {
  const norm = { ...layer.norm!, epsilon: reading.naming.epsilon ?? layer.norm!.epsilon }
  const values = new Map<string, Float32Array>()
  for (const part of [
    tensorName.filter(layer),
    ...(['scale', 'offset', 'mean', 'variance'] as const).map((of) => tensorName[of](norm)),
  ]) {
    const read = await readOurs(reading, part)
    if (isRejection(read)) return read
    values.set(part, read)
  }
  const folded = foldedConvolution({ ...layer, norm }, (part) => values.get(part)!)
  return name === tensorName.filter(layer) ? folded.filter : folded.bias
}

function foldedAlready(): Rejection {
  return reject(
    'weights-do-not-fit',
    'The norms of these weights are folded into their convolutions: there are none left.',
    'Give the architecture "norm": "none", or bring the weights before they were folded.',
  )
}
