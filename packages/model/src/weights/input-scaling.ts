/**
 * Networks that were trained on colours scaled otherwise. Ours come as c / 127.5 - 1; with (c / 255 - mean) / deviation instead,
 * x of ours is x / (2 deviation) + (1/2 - mean) / deviation of theirs. The factor goes into the first filter, the sum into the
 * mean that its norm takes off (without a norm, into its bias): the same function but for the border, where the zeros that are padded are another colour.
 */

/** By colour, of values from 0 to 1. */
export type InputScaling = { mean: readonly number[]; deviation: readonly number[] }

export const IMAGENET_SCALING: InputScaling = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
}

/** `filter` [size, size, colours, outputs] for our colours. A copy. */
export function scaledFilter(
  filter: Float32Array,
  outputs: number,
  { deviation }: InputScaling,
): Float32Array {
  return filter.map((value, i) => value / (2 * deviation[Math.floor(i / outputs) % deviation.length]!))
}

/** What the filter, as it was, adds to each of its outputs for the colour that our zero is. */
export function sumsOfZero(
  filter: Float32Array,
  outputs: number,
  { mean, deviation }: InputScaling,
): Float64Array {
  const sums = new Float64Array(outputs)
  for (let i = 0; i < filter.length; i++) {
    const colour = Math.floor(i / outputs) % mean.length
    sums[i % outputs]! += filter[i]! * ((0.5 - mean[colour]!) / deviation[colour]!)
  }
  return sums
}
