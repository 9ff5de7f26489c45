import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import { initialWeights, parameterSpecs } from '../../src/parameters.ts'
import { type Beginning, beginningWith } from '../../src/weights/beginning.ts'
import type { NamedTensor } from '../../src/weights/named-tensor.ts'
import { SMALL_CNN } from '../test-run.ts'
import { sameBits } from './drawn-weights.ts'

const run = { architecture: SMALL_CNN, seed: 4, species: ['a', 'b'] }

function tensorsOf(weights: Float32Array, species: number, without: RegExp = /^$/): NamedTensor[] {
  return layoutOf(parameterSpecs(SMALL_CNN, species))
    .entries.filter(({ spec }) => !without.test(spec.name))
    .map((entry) => ({ name: entry.spec.name, shape: entry.spec.shape, values: valuesOf(entry, weights) }))
}

function begin(species: string[] | null, tensors: NamedTensor[]): Promise<Beginning | Rejection> {
  async function* coming() {
    yield* tensors
  }
  const shapes = tensors.map(({ name, shape }) => ({ name, shape: [...shape] }))
  return beginningWith(run, { species, tensors: shapes }, coming())
}

describe('where a run begins', () => {
  it('WT2, SD1: without a head in the weights, the head is the seed’s, and the rest is theirs', async () => {
    const given = initialWeights(SMALL_CNN, 2, 77)
    const begun = (await begin(null, tensorsOf(given, 2, /^head/))) as Beginning
    const seeded = initialWeights(SMALL_CNN, 2, run.seed)
    for (const entry of layoutOf(parameterSpecs(SMALL_CNN, 2)).entries) {
      const from = entry.spec.name.startsWith('head/') ? seeded : given
      expect(sameBits(valuesOf(entry, begun.weights), valuesOf(entry, from)), entry.spec.name).toBe(true)
    }
    expect(begun.headRows).toBe(0)
  })

  it.each([
    ['block1/filter', Number.NaN, /block1\/filter has a value that is not finite/],
    ['block1/norm/offset', Number.POSITIVE_INFINITY, /not finite/],
    ['block1/norm/variance', -1e-9, /variance block1\/norm\/variance has a negative value/],
  ])('WT3: %s with %f is refused', async (name, value, words) => {
    const tensors = tensorsOf(initialWeights(SMALL_CNN, 2, 77), 2)
    tensors.find((tensor) => tensor.name === name)!.values[1] = value
    const refused = await begin(['a', 'b'], tensors)
    expect(isRejection(refused) && refused.message).toMatch(words)
  })
})
