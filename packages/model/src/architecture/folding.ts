/** A convolution and the normalisation after it, with running statistics, are one convolution with a bias. In double precision. */
import { tensorName } from '../parameters.ts'
import type { Convolution } from './layer.ts'

/** A copy of a tensor's values, by its name. */
export type ValuesNamed = (name: string) => Float32Array

/** scale * (conv(x) - mean) / sqrt(variance + epsilon) + offset; without a norm, what there is. */
export function foldedConvolution(
  layer: Convolution,
  valuesNamed: ValuesNamed,
): { filter: Float32Array; bias: Float32Array } {
  const filter = valuesNamed(tensorName.filter(layer))
  const { norm } = layer
  if (norm === null) return { filter, bias: valuesNamed(tensorName.bias(layer)) }
  const scale = valuesNamed(tensorName.scale(norm))
  const offset = valuesNamed(tensorName.offset(norm))
  const mean = valuesNamed(tensorName.mean(norm))
  const variance = valuesNamed(tensorName.variance(norm))
  const channels = scale.length
  const gain = Float64Array.from(scale, (value, c) => value / Math.sqrt(variance[c]! + norm.epsilon))
  // Output channels are the fastest axis of both kinds of filter: [h, w, inputs, outputs] and [h, w, channels, 1].
  for (let i = 0; i < filter.length; i++) filter[i]! *= gain[i % channels]!
  const bias = Float32Array.from(offset, (value, c) => value - mean[c]! * gain[c]!)
  return { filter, bias }
}
