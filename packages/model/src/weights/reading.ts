/** The values of one of our tensors, from where a naming has them stored: in our order of axes, for our epsilon and our colours. */
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { foldedConvolution } from '../architecture/folding.ts'
import type { Convolution, Norm } from '../architecture/layer.ts'
import { tensorName } from '../parameters.ts'
import { scaledFilter, sumsOfZero } from './input-scaling.ts'
import type { Naming } from './naming.ts'
import type { Places } from './places.ts'
import type { StoredWeights } from './stored-weights.ts'

export type Reading = {
  stored: StoredWeights
  naming: Naming
  places: Places
  /** The first convolution: what sees the colours. */
  stem: Convolution
}

type Values = Promise<Float32Array | Rejection>

/** For colours as ours are scaled; with the epsilon of the naming. */
export async function readValues(reading: Reading, name: string): Values {
  const values = await readStored(reading, name)
  const { naming, stem } = reading
  if (naming.input === null || isRejection(values)) return values
  if (name === tensorName.filter(stem)) return scaledFilter(values, stem.outputs, naming.input)
  const { norm } = stem
  if (name !== (norm === null ? tensorName.bias(stem) : tensorName.mean(norm))) return values
  const filter = await readStored(reading, tensorName.filter(stem))
  if (isRejection(filter)) return filter
  const sums = sumsOfZero(filter, stem.outputs, naming.input)
  return values.map((value, c) => (norm === null ? value + sums[c]! : value - sums[c]!))
}

/** A norm's scale, for our epsilon. */
export async function readScale(reading: Reading, norm: Norm): Values {
  const scale = await readValues(reading, tensorName.scale(norm))
  const theirs = reading.naming.epsilon ?? norm.epsilon
  if (isRejection(scale) || theirs === norm.epsilon) return scale
  const variance = await readValues(reading, tensorName.variance(norm))
  if (isRejection(variance)) return variance
  return scale.map((value, c) => value * Math.sqrt((variance[c]! + norm.epsilon) / (variance[c]! + theirs)))
}

/** The filter or the bias that a convolution has with its norm in it. */
export async function readFolded(reading: Reading, layer: Convolution, name: string): Values {
  const norm = { ...layer.norm!, epsilon: reading.naming.epsilon ?? layer.norm!.epsilon }
  const parts = [
    tensorName.filter(layer),
    ...(['scale', 'offset', 'mean', 'variance'] as const).map((of) => tensorName[of](norm)),
  ]
  const values = new Map<string, Float32Array>()
  for (const part of parts) {
    const read = await readValues(reading, part)
    if (isRejection(read)) return read
    values.set(part, read)
  }
  const folded = foldedConvolution({ ...layer, norm }, (part) => values.get(part)!)
  return name === tensorName.filter(layer) ? folded.filter : folded.bias
}

async function readStored({ stored, places }: Reading, name: string): Values {
  const place = places.get(name)!
  const read = await stored.tensors.get(place.name)!.read()
  return isRejection(read) ? read : place.values(read)
}
