/** A linear softmax on standardised features, trained by full-batch gradient descent: what features alone can tell. */

export type Sample = { species: number; features: number[] }

const LEARNING_RATE = 1

/** Answers with the part of `heldBack` that the model trained on `train` names rightly. */
export function accuracyOfLinearModel(
  train: Sample[],
  heldBack: Sample[],
  classes: number,
  iterations = 80,
): number {
  const size = train[0]!.features.length
  const standardise = standardiser(train, size)
  const rows = train.map(({ species, features }) => ({ species, x: standardise(features) }))
  const weights = new Float64Array(classes * (size + 1))
  const scores = new Float64Array(classes)
  const score = (x: Float64Array) => {
    for (let k = 0; k < classes; k++) {
      let sum = 0
      for (let n = 0; n <= size; n++) sum += weights[k * (size + 1) + n]! * x[n]!
      scores[k] = sum
    }
  }
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gradient = new Float64Array(weights.length)
    for (const { species, x } of rows) {
      score(x)
      const highest = Math.max(...scores)
      const total = scores.reduce((sum, one) => sum + Math.exp(one - highest), 0)
      for (let k = 0; k < classes; k++) {
        const error = Math.exp(scores[k]! - highest) / total - (k === species ? 1 : 0)
        for (let n = 0; n <= size; n++) gradient[k * (size + 1) + n]! += error * x[n]!
      }
    }
    for (let n = 0; n < weights.length; n++) weights[n]! -= (LEARNING_RATE / rows.length) * gradient[n]!
  }
  const right = heldBack.filter(({ species, features }) => {
    score(standardise(features))
    return scores.indexOf(Math.max(...scores)) === species
  })
  return right.length / heldBack.length
}

/** Mean 0 and variance 1 over the train samples, and a constant 1 at the end. */
function standardiser(train: Sample[], size: number): (features: number[]) => Float64Array {
  const mean = new Float64Array(size)
  const variance = new Float64Array(size)
  for (const { features } of train) for (let n = 0; n < size; n++) mean[n]! += features[n]! / train.length
  for (const { features } of train) {
    for (let n = 0; n < size; n++) variance[n]! += (features[n]! - mean[n]!) ** 2 / train.length
  }
  return (features) => {
    const x = new Float64Array(size + 1).fill(1)
    for (let n = 0; n < size; n++) x[n] = (features[n]! - mean[n]!) / Math.sqrt(variance[n]! + 1e-9)
    return x
  }
}
