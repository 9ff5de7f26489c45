/**
 * Sums over many rows. Workgroups add up a part of the rows each, then one thread a sum adds the parts, in their order: the same
 * device gives the same bits again.
 */
import { type TensorInfo, util } from '@tensorflow/tfjs-core'
import type { Extent } from '../channel-extent.ts'
import { drop, runElementwise, runShader, type ShaderHost, THREADS } from './shader.ts'

export type ChannelSums = {
  name: string
  inputs: Record<string, TensorInfo>
  integers?: Record<string, number>
  numbers?: Record<string, number>
  extent: Extent
  /** How many sums there are of each channel. */
  count: number
  functions?: string
  /** WGSL: what is the same for all rows, given `channel`. */
  before?: string
  /** WGSL: adds a row's terms to `sums[0]`, `sums[1]`, ..., given `channel`, `row` and `at`, where they lie in a map of that extent. */
  add: string
}

/** Enough to keep a large device busy, few enough for one thread to add. */
const MOST_PARTS = 64
const ROWS_PER_THREAD = 32
const WIDEST = 32

/** [parts, count, channels] */
export function channelSums(host: ShaderHost, of: ChannelSums): TensorInfo {
  const { name, inputs, integers = {}, numbers, extent, count, functions = '', before = '', add } = of
  const { rows, channels } = extent
  const width = widthFor(channels)
  const lanes = THREADS / width
  const parts = partsOf(rows, lanes * ROWS_PER_THREAD, MOST_PARTS)
  return runShader(host, {
    name: `${name}-sums-${width}`,
    inputs,
    integers: { ...integers, rows, channels, parts, rowsPerPart: Math.ceil(rows / parts) },
    ...(numbers === undefined ? {} : { numbers }),
    outputShape: [parts, count, channels],
    workgroups: parts * Math.ceil(channels / width),
    code: `
      ${functions}
      var<workgroup> ofThreads : array<f32, ${count * THREADS}>;
      fn main(index : i32) {
        let thread = i32(localIndex);
        let lane = thread / ${width};
        let columns = (uniforms.channels + ${width - 1}) / ${width};
        let part = index / ${THREADS} / columns;
        let channel = (index / ${THREADS} % columns) * ${width} + thread % ${width};
        let isOurs = channel < uniforms.channels && part < uniforms.parts;
        var sums : array<f32, ${count}>;
        if (isOurs) {
          ${before}
          let end = min(uniforms.rows, (part + 1) * uniforms.rowsPerPart);
          for (var row = part * uniforms.rowsPerPart + lane; row < end; row += ${lanes}) {
            let at = row * uniforms.channels + channel;
            ${add}
          }
        }
        for (var i = 0; i < ${count}; i++) { ofThreads[i * ${THREADS} + thread] = sums[i]; }
        workgroupBarrier();
        if (isOurs && lane == 0) {
          for (var i = 0; i < ${count}; i++) {
            var total = 0.0;
            for (var other = thread; other < ${THREADS}; other += ${width}) { total += ofThreads[i * ${THREADS} + other]; }
            result[(part * ${count} + i) * uniforms.channels + channel] = total;
          }
        }
      }`,
  })
}

/** WGSL: `totalOf(index)` over the parts of `partials`; its shader has the integers `parts` and `stride`. */
export const TOTAL_OF = `
  fn totalOf(index : i32) -> f32 {
    var total = 0.0;
    for (var part = 0; part < uniforms.parts; part++) { total += partials[part * uniforms.stride + index]; }
    return total;
  }`

/** What `TOTAL_OF` has need of. */
export function partsIn(partials: TensorInfo): { parts: number; stride: number } {
  const [parts, ...rest] = partials.shape
  return { parts: parts!, stride: util.sizeFromShape(rest) }
}

/** [parts, ...] -> [shape], which has as many values. Consumes `partials`. */
export function totals(host: ShaderHost, partials: TensorInfo, shape: number[]): TensorInfo {
  const integers = partsIn(partials)
  if (integers.parts === 1) return { ...partials, shape }
  const compute = 'totalOf(index)'
  const shader = { name: 'totals', inputs: { partials }, integers, outputShape: shape }
  const total = runElementwise(host, { ...shader, functions: TOTAL_OF, compute })
  drop(host, partials)
  return total
}

/** How many, of at least so many rows each where that is possible. */
export function partsOf(rows: number, least: number, most: number): number {
  return Math.min(Math.max(1, Math.floor(rows / least)), most)
}

/** Channels side by side in a workgroup: neighbours in memory are read together. */
function widthFor(channels: number): number {
  return channels >= WIDEST ? WIDEST : channels >= 16 ? 16 : 8
}
