/**
 * How a framework stores a layer's tensors: what each is called under the layer's name, and the order of its axes. Ours are
 * [height, width, inputs, outputs], for depthwise filters [height, width, channels, 1], and [inputs, outputs] in the head.
 */
import type { Convolution } from '../architecture/layer.ts'

/** A tensor as it is stored. `values` brings what was read into our order of axes. */
export type Stored = {
  suffix: string
  shape: readonly number[]
  values: (read: Float32Array) => Float32Array
}

export type Dense = { name: string; inputs: number; outputs: number }

export type Dialect = {
  filter(layer: Convolution): Stored
  /** Of a convolution without a norm, or of the head. */
  bias(outputs: number): Stored
  norm: Record<'scale' | 'offset' | 'mean' | 'variance', (channels: number) => Stored>
  dense(layer: Dense): Stored
  /** Of a norm, and of no use: counters. */
  ignored: readonly string[]
}

const asIs = (read: Float32Array) => read

export function filterShape({ kind, size, inputs, outputs }: Convolution): number[] {
  return kind === 'conv' ? [size, size, inputs, outputs] : [size, size, inputs, 1]
}

export const OWN: Dialect = {
  filter: (layer) => ({ suffix: '/filter', shape: filterShape(layer), values: asIs }),
  bias: (outputs) => ({ suffix: '/bias', shape: [outputs], values: asIs }),
  norm: perChannel({ scale: '/scale', offset: '/offset', mean: '/mean', variance: '/variance' }),
  dense: ({ inputs, outputs }) => ({ suffix: '/weights', shape: [inputs, outputs], values: asIs }),
  ignored: [],
}

export const KERAS: Dialect = {
  filter: (layer) => ({
    suffix: layer.kind === 'conv' ? '/kernel' : '/depthwise_kernel',
    shape: filterShape(layer),
    values: asIs,
  }),
  bias: (outputs) => ({ suffix: '/bias', shape: [outputs], values: asIs }),
  norm: perChannel({
    scale: '/gamma',
    offset: '/beta',
    mean: '/moving_mean',
    variance: '/moving_variance',
  }),
  dense: ({ inputs, outputs }) => ({ suffix: '/kernel', shape: [inputs, outputs], values: asIs }),
  ignored: [],
}

/** A PyTorch module's state: filters [outputs, inputs, height, width], depthwise [channels, 1, height, width], linear [outputs, inputs]. */
export const TORCH: Dialect = {
  filter({ kind, size, inputs, outputs }) {
    const within = kind === 'conv' ? inputs : 1
    return {
      suffix: '.weight',
      shape: [outputs, within, size, size],
      values: (read) =>
        transposed(read, outputs, within * size * size, (rest) => swapped(rest, within, size * size)),
    }
  },
  bias: (outputs) => ({ suffix: '.bias', shape: [outputs], values: asIs }),
  norm: perChannel({ scale: '.weight', offset: '.bias', mean: '.running_mean', variance: '.running_var' }),
  dense: ({ inputs, outputs }) => ({
    suffix: '.weight',
    shape: [outputs, inputs],
    values: (read) => transposed(read, outputs, inputs, (rest) => rest),
  }),
  ignored: ['.num_batches_tracked'],
}

function perChannel(suffixes: Record<'scale' | 'offset' | 'mean' | 'variance', string>): Dialect['norm'] {
  const of = (suffix: string) => (channels: number) => ({ suffix, shape: [channels], values: asIs })
  return {
    scale: of(suffixes.scale),
    offset: of(suffixes.offset),
    mean: of(suffixes.mean),
    variance: of(suffixes.variance),
  }
}

/** [rows, columns] as [columns, rows], the columns in the order that `placeOf` gives them. */
function transposed(
  read: Float32Array,
  rows: number,
  columns: number,
  placeOf: (column: number) => number,
): Float32Array {
  const values = new Float32Array(read.length)
  for (let column = 0; column < columns; column++) {
    const start = placeOf(column) * rows
    for (let row = 0; row < rows; row++) values[start + row] = read[row * columns + column]!
  }
  return values
}

/** Where [outer, inner] number `index` is in [inner, outer]. */
function swapped(index: number, outer: number, inner: number): number {
  return (index % inner) * outer + Math.floor(index / inner)
}
