/** A network's weights as after some training: nothing is 0 or 1 as at the start, and small differences of a picture reach the end. */
import type { ParameterEntry } from '@worldflora/protocol/parameter-layout'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { initialWeights, parameterSpecs } from '../../src/parameters.ts'
import type { ImportedWeights } from '../../src/weights/importing.ts'
import type { NamedTensor } from '../../src/weights/named-tensor.ts'

export const entriesOf = (architecture: Architecture, classes: number): readonly ParameterEntry[] =>
  layoutOf(parameterSpecs(architecture, classes)).entries

/** `tiny`: some channels of the first norms hardly vary, as real networks have them. */
export function drawnWeights(
  architecture: Architecture,
  classes: number,
  { seed = 7, tiny = false } = {},
): Float32Array {
  const weights = initialWeights(architecture, classes, seed)
  const random = new RandomStream(seed, 'initialWeights', 999)
  for (const entry of entriesOf(architecture, classes)) {
    if (entry.spec.shape.length > 1) continue
    const values = valuesOf(entry, weights)
    const isVariance = entry.spec.name.endsWith('/variance')
    const isScale = entry.spec.name.endsWith('/scale')
    for (let i = 0; i < values.length; i++) {
      const drawn = random.uniform()
      const isTiny = tiny && i % 5 === 4 && /^(stem|block1\/)/.test(entry.spec.name)
      if (isVariance) values[i] = isTiny ? 1e-5 * drawn : 0.5 + drawn
      else values[i] = isScale ? 0.6 + 0.8 * drawn : 0.2 * (drawn - 0.5)
    }
  }
  return weights
}

export function tensorsIn(architecture: Architecture, classes: number, weights: Float32Array): NamedTensor[] {
  return entriesOf(architecture, classes).map((entry) => ({
    name: entry.spec.name,
    shape: entry.spec.shape,
    values: valuesOf(entry, weights),
  }))
}

/** The vector of a network, whose head is what `head` has where none was imported. */
export async function vectorOf(
  imported: ImportedWeights,
  architecture: Architecture,
  classes: number,
  head: Float32Array,
): Promise<Float32Array> {
  const vector = head.slice()
  const entries = new Map(entriesOf(architecture, classes).map((entry) => [entry.spec.name, entry]))
  for (const { name, read } of imported.tensors) {
    const values = await read()
    if (isRejection(values)) throw new Error(values.message)
    valuesOf(entries.get(name)!, vector).set(values)
  }
  return vector
}

/** A matcher would take seconds for a million values. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  const bytes = (values: Float32Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return bytes(a).equals(bytes(b))
}
