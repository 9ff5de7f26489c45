/**
 * Batch normalisation and activations' gradients for tfjs's WebGPU backend: a few shaders a layer, where composed of tfjs's ops
 * there are forty, each with constants to send.
 */
import type * as tf from '@tensorflow/tfjs-core'
import type { Activation } from '../../ops/op-types.ts'
import { extentOf } from '../channel-extent.ts'
import {
  ACTIVATION_GRADIENT,
  CHANNEL_MOMENTS,
  CHANNEL_SUMS,
  NORMALISE,
  NORMALISE_GRADIENT,
} from '../kernel-names.ts'
import { registerOn } from '../register-kernel.ts'
import { drop, runElementwise, type ShaderHost } from './shader.ts'
import { channelSums, partsIn, TOTAL_OF, totals } from './sums.ts'

type NormAttributes = { epsilon: number; activation: Activation }

const register = registerOn<ShaderHost>('webgpu')

export function registerNormKernels(): void {
  register(CHANNEL_MOMENTS, ({ x }, _, host) => momentsOf(host, x!))

  register(CHANNEL_SUMS, ({ x }, _, host) => {
    const extent = extentOf(x!)
    const add = 'sums[0] += x[at];'
    const partials = channelSums(host, { name: 'channel', inputs: { x: x! }, extent, count: 1, add })
    return totals(host, partials, [extent.channels])
  })

  register(NORMALISE, ({ x, mean, variance, scale, offset }, attributes, host) => {
    const { epsilon, activation } = attributes as unknown as NormAttributes
    return runElementwise(host, {
      name: `normalise-${activation}`,
      inputs: { x: x!, mean: mean!, variance: variance!, scale: scale!, offset: offset! },
      integers: { channels: extentOf(x!).channels },
      numbers: { epsilon },
      outputShape: x!.shape,
      functions: `${NORMAL_OF} ${LINEAR_OF}`,
      compute: activated(activation, 'linearOf(normalOf(index, channelOf(index)), channelOf(index))'),
    })
  })

  register(NORMALISE_GRADIENT, ({ x, dy, mean, variance, scale, offset }, attributes, host) => {
    const { epsilon, activation } = attributes as unknown as NormAttributes
    const inputs = { x: x!, dy: dy!, mean: mean!, variance: variance!, scale: scale!, offset: offset! }
    return normaliseGradient(host, inputs, epsilon, activation)
  })

  register(ACTIVATION_GRADIENT, ({ dy, y }, attributes, host) => {
    const { activation } = attributes as unknown as { activation: Activation }
    return runElementwise(host, {
      name: `activation-gradient-${activation}`,
      inputs: { dy: dy!, y: y! },
      integers: {},
      outputShape: y!.shape,
      compute: passed(activation, 'dy[index]', 'y[index]'),
    })
  })
}

/** By sums of the differences from each channel's first value (Chan, Golub & LeVeque 1983: shifted data), which lose no digits to a large mean. */
function momentsOf(host: ShaderHost, x: tf.TensorInfo): tf.TensorInfo[] {
  const extent = extentOf(x)
  const partials = channelSums(host, {
    name: 'moments',
    inputs: { x },
    extent,
    count: 2,
    before: 'let first = x[channel];',
    add: 'let value = x[at] - first; sums[0] += value; sums[1] += value * value;',
  })
  const shared = {
    integers: { ...partsIn(partials), channels: extent.channels },
    numbers: { rows: extent.rows },
    outputShape: [extent.channels],
    functions: TOTAL_OF,
  }
  const mean = runElementwise(host, {
    ...shared,
    name: 'mean',
    inputs: { partials, x },
    compute: 'x[index] + totalOf(index) / uniforms.rows',
  })
  const variance = runElementwise(host, {
    ...shared,
    name: 'variance',
    inputs: { partials },
    functions: `${TOTAL_OF}
      fn varianceOf(channel : i32) -> f32 {
        let sum = totalOf(channel);
        let squares = totalOf(uniforms.channels + channel);
        return max(0.0, (squares - sum * sum / uniforms.rows) / uniforms.rows);
      }`,
    compute: 'varianceOf(index)',
  })
  drop(host, partials)
  return [mean, variance]
}

type NormInputs = Record<'x' | 'dy' | 'mean' | 'variance' | 'scale' | 'offset', tf.TensorInfo>

/** As `composedGradient` of the op. Of [2, channels]: the sums of dz * normal, and of dz. */
function normaliseGradient(
  host: ShaderHost,
  inputs: NormInputs,
  epsilon: number,
  activation: Activation,
): tf.TensorInfo[] {
  const extent = extentOf(inputs.x)
  const { rows, channels } = extent
  const { scale, offset, ...seen } = inputs
  // What the code does not read, the device does not bind.
  const isLinear = activation === 'linear'
  const functions = `${NORMAL_OF} ${isLinear ? '' : LINEAR_OF}
    fn dzOf(at : i32, normal : f32, channel : i32) -> f32 {
      return ${passed(activation, 'dy[at]', 'linearOf(normal, channel)')};
    }`
  const partials = channelSums(host, {
    name: `normalise-${activation}`,
    inputs: isLinear ? seen : inputs,
    numbers: { epsilon },
    extent,
    count: 2,
    functions,
    add: `
      let normal = normalOf(at, channel);
      let dz = dzOf(at, normal, channel);
      sums[0] += dz * normal;
      sums[1] += dz;`,
  })
  const sums = totals(host, partials, [2, channels])
  const dx = runElementwise(host, {
    name: `normalise-gradient-${activation}`,
    inputs: isLinear ? { ...seen, scale, sums } : { ...inputs, sums },
    integers: { channels },
    numbers: { epsilon, rows },
    outputShape: inputs.x.shape,
    functions: `${functions}
      fn dxOf(at : i32, channel : i32) -> f32 {
        let normal = normalOf(at, channel);
        let mean = (sums[uniforms.channels + channel] + normal * sums[channel]) / uniforms.rows;
        return (dzOf(at, normal, channel) - mean) * scale[channel] * inverseSqrt(variance[channel] + uniforms.epsilon);
      }`,
    compute: 'dxOf(index, channelOf(index))',
  })
  const [dScale, dOffset] = [0, channels].map((start) =>
    runElementwise(host, {
      name: 'piece',
      inputs: { sums },
      integers: { start },
      outputShape: [channels],
      compute: 'sums[uniforms.start + index]',
    }),
  )
  drop(host, sums)
  return [dx, dScale!, dOffset!]
}

/** WGSL; of shaders with x, mean and variance, the integer `channels` and the number `epsilon`. */
const NORMAL_OF = `
  fn channelOf(index : i32) -> i32 { return index % uniforms.channels; }
  fn normalOf(at : i32, channel : i32) -> f32 {
    return (x[at] - mean[channel]) * inverseSqrt(variance[channel] + uniforms.epsilon);
  }`
/** WGSL; of shaders with scale and offset. */
const LINEAR_OF = `
  fn linearOf(normal : f32, channel : i32) -> f32 { return normal * scale[channel] + offset[channel]; }`

function activated(activation: Activation, x: string): string {
  switch (activation) {
    case 'linear':
      return x
    case 'relu':
      return `max(0.0, ${x})`
    case 'relu6':
      return `clamp(${x}, 0.0, 6.0)`
  }
}

/** The gradient where the output lies strictly between the bounds. */
function passed(activation: Activation, dy: string, y: string): string {
  switch (activation) {
    case 'linear':
      return dy
    case 'relu':
      return `select(0.0, ${dy}, ${y} > 0.0)`
    case 'relu6':
      return `select(0.0, ${dy}, ${y} > 0.0 && ${y} < 6.0)`
  }
}
