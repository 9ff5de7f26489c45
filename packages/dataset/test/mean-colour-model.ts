/** A linear softmax on a photo's mean colour, trained by full-batch gradient descent on standardised colours. */

export type Colour = { species: number; colour: number[] }

const FEATURES = 4
const ITERATIONS = 300
const LEARNING_RATE = 2

export function trainOnMeanColour(photos: Colour[], classes: number): (colour: number[]) => number {
  const mean = [0, 1, 2].map((c) => photos.reduce((sum, { colour }) => sum + colour[c]!, 0) / photos.length)
  const spread = mean.map((middle, c) =>
    Math.sqrt(photos.reduce((sum, { colour }) => sum + (colour[c]! - middle) ** 2, 0) / photos.length),
  )
  const features = (colour: number[]) => [1, ...mean.map((middle, c) => (colour[c]! - middle) / spread[c]!)]
  const rows = photos.map(({ species, colour }) => ({ species, x: features(colour) }))
  const weights = new Float64Array(classes * FEATURES)
  const scores = new Float64Array(classes)
  const score = (x: number[]) => {
    for (let k = 0; k < classes; k++) {
      scores[k] = 0
      for (let n = 0; n < FEATURES; n++) scores[k]! += weights[k * FEATURES + n]! * x[n]!
    }
  }
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const gradient = new Float64Array(weights.length)
    for (const { species, x } of rows) {
      score(x)
      let total = 0
      for (let k = 0; k < classes; k++) total += scores[k] = Math.exp(scores[k]!)
      for (let k = 0; k < classes; k++) {
        const error = scores[k]! / total - (k === species ? 1 : 0)
        for (let n = 0; n < FEATURES; n++) gradient[k * FEATURES + n]! += error * x[n]!
      }
    }
    for (let n = 0; n < weights.length; n++) weights[n]! -= (LEARNING_RATE / rows.length) * gradient[n]!
  }
  return (colour) => {
    score(features(colour))
    return scores.indexOf(Math.max(...scores))
  }
}
