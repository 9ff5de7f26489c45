/**
 * The order of species by score, and the fusion of several photos of one plant. Ties are broken by the species' index, the
 * smaller first, so that an order never depends on a sorting algorithm.
 */

/** How many species come before `species`: 0 for the best. */
export function rankOf(species: number, scores: Float32Array): number {
  const score = scores[species]!
  let rank = 0
  for (let other = 0; other < scores.length; other++) {
    if (scores[other]! > score || (scores[other] === score && other < species)) rank++
  }
  return rank
}

/** The `count` best species with their scores, best first. */
export function bestOf(scores: Float32Array, count: number): [species: number, score: number][] {
  const best: [number, number][] = []
  for (let species = 0; species < scores.length; species++) {
    const score = scores[species]!
    if (best.length === count && score <= best[count - 1]![1]) continue
    let place = best.length
    while (place > 0 && best[place - 1]![1] < score) place--
    best.splice(place, 0, [species, score])
    if (best.length > count) best.pop()
  }
  return best
}

/**
 * The arithmetic mean of the photos' probabilities. A product (geometric mean) would let one photo that shows nothing of use,
 * and gives the truth almost 0, overrule all the others; organs differ in just that way.
 */
export function fuse(probabilities: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const [first, ...rest] = probabilities
  if (first === undefined) throw new Error('nothing to fuse')
  const sums = Float64Array.from(first)
  for (const other of rest) {
    for (let species = 0; species < sums.length; species++) sums[species]! += other[species]!
  }
  return Float32Array.from(sums, (sum) => sum / probabilities.length)
}
