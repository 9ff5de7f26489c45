/**
 * Scores in the light of what else is known of the plant, from the scores as they are: nothing is computed on the photos again.
 *
 * With p the calibrated score of a species, A the species that are allowed and w the weight of the place:
 *
 *   q(s) = p(s) w(s) / sum over A of p w,  and 0 outside of A
 *
 * Without a place that is p(s | photos, s in A), what the same model says to somebody who knows that the plant is one of A; so among them the order
 * stays, and a score means what it did. The genus and family sums, the shortlist and their thresholds (CA2) are therefore taken of q. Whether there is
 * a plant at all (CA3) does not depend on which, and stays.
 */
export type Rescored = {
  scores: Float32Array<ArrayBuffer>
  /** What A has of p. */
  share: number
}

export function rescore(
  scores: Float32Array,
  {
    allowed = null,
    weights = null,
  }: {
    /** null: all are. */
    allowed?: ReadonlySet<number> | null
    weights?: Float64Array | null
  },
): Rescored {
  const weighed = new Float64Array(scores.length)
  const isAllowed = (species: number) => allowed === null || allowed.has(species)
  let [all, share, sum] = [0, 0, 0]
  for (let species = 0; species < scores.length; species++) {
    all += scores[species]!
    if (!isAllowed(species)) continue
    share += scores[species]!
    weighed[species] = scores[species]! * (weights?.[species] ?? 1)
    sum += weighed[species]!
  }
  // All of A came to 0 in single precision: nothing tells them apart.
  const q = (value: number, species: number) =>
    sum > 0 ? value / sum : isAllowed(species) ? 1 / (allowed?.size ?? scores.length) : 0
  return { scores: Float32Array.from(weighed, q), share: share / all }
}
