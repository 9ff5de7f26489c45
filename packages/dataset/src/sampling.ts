/**
 * How often an epoch has each train photo, on average. Species are rebalanced by how many photos they have: rare ones are
 * repeated (Gupta et al. 2019, LVIS), or each species gets an equal part of the epoch, or one in proportion to the root of its photos
 * (Mahajan et al. 2018). Photos that are not trusted may count for less, for these numbers too.
 */
import type { Sampling } from '@worldflora/protocol/run-config'
import type { TrainLabels } from './train-labels.ts'

/** The mean number of an epoch's entries that a photo has. */
export type PhotoWeight = (photo: number) => number

export function photoWeights(labels: TrainLabels, species: number, sampling: Sampling): PhotoWeight {
  const { noisyWeight = 1 } = sampling
  const ownWeight = (photo: number) => (labels.isTrusted(photo) ? 1 : noisyWeight)
  const amounts = new Float64Array(species)
  let whole = 0
  for (let photo = 0; photo < labels.photos; photo++) {
    amounts[labels.speciesOf(photo)]! += ownWeight(photo)
    whole += ownWeight(photo)
  }
  const factors = speciesFactors(sampling, amounts, whole)
  return (photo) => factors[labels.speciesOf(photo)]! * ownWeight(photo)
}

/** By which a species' photos are multiplied. */
function speciesFactors(sampling: Sampling, amounts: Float64Array, whole: number): Float64Array {
  switch (sampling.name) {
    case 'uniform':
      return amounts.map(() => 1)
    case 'repeat-factor':
      return factorsOf(amounts, (amount) => Math.max(1, Math.sqrt((sampling.threshold * whole) / amount)))
    case 'class-balanced':
      return asLongAs(whole, amounts, (amount) => 1 / amount)
    case 'square-root':
      return asLongAs(whole, amounts, (amount) => 1 / Math.sqrt(amount))
  }
}

/** The epoch stays as long as it is without them. */
function asLongAs(whole: number, amounts: Float64Array, factorOf: (amount: number) => number): Float64Array {
  const factors = factorsOf(amounts, factorOf)
  const length = factors.reduce((sum, factor, species) => sum + factor * amounts[species]!, 0)
  return factors.map((factor) => (factor * whole) / length)
}

/** Of a species without photos that count: 0. */
function factorsOf(amounts: Float64Array, factorOf: (amount: number) => number): Float64Array {
  return amounts.map((amount) => (amount > 0 ? factorOf(amount) : 0))
}
