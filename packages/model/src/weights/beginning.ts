/**
 * The weights of step 0 of a run that begins with others: a pure function of (architecture, seed, the flora's species, those
 * weights). What has no weights begins as without them: a head, or those of its rows whose species the weights do not know.
 */
import { layoutOf, type ParameterEntry, valuesOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import type { WeightsManifest } from '@worldflora/protocol/weights-manifest'
import { initialWeights, parameterSpecs } from '../parameters.ts'
import { faultOfFit } from './fit.ts'
import { headTensors } from './head.ts'
import type { NamedTensor } from './named-tensor.ts'

export type Beginning = {
  weights: Float32Array<ArrayBuffer>
  /** Species whose rows of the head are those of the weights. */
  headRows: number
}

type Run = { architecture: Architecture; seed: number; species: readonly string[] }
type Given = Pick<WeightsManifest, 'species' | 'tensors'>

/** `tensors` are the given ones in their order. */
export async function beginningWith(
  run: Run,
  given: Given,
  tensors: AsyncIterable<NamedTensor | Rejection>,
): Promise<Beginning | Rejection> {
  const fault = faultOf(run, given)
  if (fault !== null) return fault
  const entries = new Map(entriesOf(run.architecture, run.species.length).map((one) => [one.spec.name, one]))
  const weights = initialWeights(run.architecture, run.species.length, run.seed) as Float32Array<ArrayBuffer>
  const head = new Set(Object.values(headTensors(run.architecture)))
  const rows = given.species === null ? [] : knownRows(given.species, run.species)
  for await (const tensor of tensors) {
    if (isRejection(tensor)) return tensor
    const { name, values } = tensor
    const entry = entries.get(name)!
    const unusable = faultOfValues(entry.spec.role === 'statistic' && name.endsWith('/variance'), tensor)
    if (unusable !== null) return unusable
    const own = valuesOf(entry, weights)
    if (head.has(name)) copyRows(values, own, { rows, from: given.species!.length, to: run.species.length })
    else own.set(values)
  }
  return { weights, headRows: rows.length }
}

function faultOf({ architecture }: Run, { species, tensors }: Given): Rejection | null {
  const head = new Set(Object.values(headTensors(architecture)))
  const expected = entriesOf(architecture, species?.length ?? 1)
    .filter(({ spec }) => species !== null || !head.has(spec.name))
    .map(({ spec: { name, shape } }) => ({ name, shape, as: name }))
  return faultOfFit(expected, new Map(tensors.map((tensor) => [tensor.name, tensor])))
}

function entriesOf(architecture: Architecture, classes: number): readonly ParameterEntry[] {
  return layoutOf(parameterSpecs(architecture, classes)).entries
}

type Row = { from: number; to: number }

function knownRows(given: readonly string[], wanted: readonly string[]): Row[] {
  const places = new Map(given.map((id, place) => [id, place]))
  return wanted.flatMap((id, to) => {
    const from = places.get(id)
    return from === undefined ? [] : [{ from, to }]
  })
}

/** A species is a column of the matrix [features, species], and a value of the bias [species]. */
function copyRows(
  values: Float32Array,
  own: Float32Array,
  { rows, from, to }: { rows: readonly Row[]; from: number; to: number },
): void {
  for (let feature = 0; feature * from < values.length; feature++) {
    for (const row of rows) own[feature * to + row.to] = values[feature * from + row.from]!
  }
}

function faultOfValues(isVariance: boolean, { name, values }: NamedTensor): Rejection | null {
  for (const value of values) {
    if (!Number.isFinite(value)) return useless(`The tensor ${name} has a value that is not finite.`)
    if (isVariance && value < 0) return useless(`The variance ${name} has a negative value.`)
  }
  return null
}

function useless(message: string): Rejection {
  return reject('unusable-weights', message, 'Nothing can be learned from them: bring others.')
}
