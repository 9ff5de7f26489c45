/**
 * The gradients of convolutions' filters for tfjs's WebGPU backend, in whose own a thread walks over all images for one weight. Here
 * workgroups share the images out, and a full convolution is a product of matrices in tiles.
 */
import * as tf from '@tensorflow/tfjs-core'
import { type ConvolutionAttributes, type Shape4D, shapeOf } from '../convolution-shape.ts'
import { registerOn } from '../register-kernel.ts'
import { runShader, type ShaderHost } from './shader.ts'
import { channelSums, partsOf, totals } from './sums.ts'

type Conv2DInfo = tf.backend_util.Conv2DInfo
type FilterAttributes = ConvolutionAttributes & { filterShape: Shape4D }
type Maps = Record<'x' | 'dy', tf.TensorInfo>

/** Of the gradient, [inputs, outputs], a workgroup's: each thread has four by four of it. */
const TILE = 64
const QUADS = TILE / 4
/** Of the maps, that a workgroup holds at a time. */
const ROWS_HELD = 16
const LEAST_ROWS = 256
/** Of tiles and parts together, to keep a large device busy. */
const WORKGROUPS = 256

const register = registerOn<ShaderHost>('webgpu')

export function registerFilterGradientKernels(): void {
  register(tf.Conv2DBackpropFilter, (inputs, attributes, host) =>
    convolutionGradient(host, inputs as Maps, infoOf(inputs as Maps, attributes, false)),
  )
  register(tf.DepthwiseConv2dNativeBackpropFilter, (inputs, attributes, host) =>
    depthwiseGradient(host, inputs as Maps, infoOf(inputs as Maps, attributes, true)),
  )
}

function infoOf({ x }: Maps, attributes: tf.NamedAttrMap | undefined, depthwise: boolean): Conv2DInfo {
  const own = attributes as unknown as FilterAttributes
  return shapeOf(x.shape, own.filterShape, own, depthwise)
}

/** Patches of x, transposed, times dy: [taps * channels in, rows] x [rows, channels out], where a row is a pixel of dy. */
function convolutionGradient(host: ShaderHost, { x, dy }: Maps, info: Conv2DInfo): tf.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels } = info
  const inputs = filterHeight * filterWidth * inChannels
  const rows = info.batchSize * info.outHeight * info.outWidth
  const tiles = Math.ceil(inputs / TILE) * Math.ceil(outChannels / TILE)
  const parts = partsOf(rows, LEAST_ROWS, Math.max(1, Math.floor(WORKGROUPS / tiles)))
  const rowsPerPart = Math.ceil(rows / parts)
  const partials = runShader(host, {
    name: `filter-gradient-${inChannels % 4 === 0 ? 'quads' : 'singles'}`,
    inputs: { x, dy },
    integers: {
      ...windowsOf(info),
      inChannels,
      outChannels,
      filterWidth,
      inputs,
      rows,
      parts,
      rowsPerPart,
      blocks: Math.ceil(rowsPerPart / ROWS_HELD),
    },
    outputShape: [parts, inputs, outChannels],
    workgroups: parts * tiles,
    code: `
      ${WINDOW_OF}
      fn valueOf(corner : vec4<i32>, input : i32) -> f32 {
        let tap = input / uniforms.inChannels;
        let start = offsetOf(corner, tap / uniforms.filterWidth, tap % uniforms.filterWidth);
        if (start < 0 || input >= uniforms.inputs) { return 0.0; }
        return x[start + input % uniforms.inChannels];
      }
      fn patchOf(row : i32, input : i32) -> vec4<f32> {
        let corner = cornerOf(row);
        ${inChannels % 4 === 0 ? FOUR_NEIGHBOURS : FOUR_SINGLES}
      }
      fn gradientOf(row : i32, output : i32) -> vec4<f32> {
        var values = vec4<f32>(0.0);
        for (var i = 0; i < 4; i++) {
          if (output + i < uniforms.outChannels) { values[i] = dy[row * uniforms.outChannels + output + i]; }
        }
        return values;
      }
      var<workgroup> patches : array<array<vec4<f32>, ${QUADS}>, ${ROWS_HELD}>;
      var<workgroup> gradients : array<array<vec4<f32>, ${QUADS}>, ${ROWS_HELD}>;
      fn main(index : i32) {
        let group = index / ${QUADS * QUADS};
        let columns = (uniforms.outChannels + ${TILE - 1}) / ${TILE};
        let tiles = columns * ((uniforms.inputs + ${TILE - 1}) / ${TILE});
        let part = group / tiles;
        let firstInput = (group % tiles) / columns * ${TILE};
        let firstOutput = (group % tiles) % columns * ${TILE};
        let a = i32(localIndex) / ${QUADS};
        let b = i32(localIndex) % ${QUADS};
        let end = min(uniforms.rows, (part + 1) * uniforms.rowsPerPart);
        var sums : array<vec4<f32>, 4>;
        for (var block = 0; block < uniforms.blocks; block++) {
          let row = part * uniforms.rowsPerPart + block * ${ROWS_HELD} + a;
          if (row < end) {
            patches[a][b] = patchOf(row, firstInput + 4 * b);
            gradients[a][b] = gradientOf(row, firstOutput + 4 * b);
          } else {
            patches[a][b] = vec4<f32>(0.0);
            gradients[a][b] = vec4<f32>(0.0);
          }
          workgroupBarrier();
          for (var held = 0; held < ${ROWS_HELD}; held++) {
            let inputs = patches[held][a];
            let gradient = gradients[held][b];
            sums[0] += inputs.x * gradient;
            sums[1] += inputs.y * gradient;
            sums[2] += inputs.z * gradient;
            sums[3] += inputs.w * gradient;
          }
          workgroupBarrier();
        }
        if (part >= uniforms.parts) { return; }
        for (var i = 0; i < 4; i++) {
          let input = firstInput + 4 * a + i;
          if (input >= uniforms.inputs) { return; }
          for (var j = 0; j < 4; j++) {
            let output = firstOutput + 4 * b + j;
            if (output < uniforms.outChannels) {
              result[(part * uniforms.inputs + input) * uniforms.outChannels + output] = sums[i][j];
            }
          }
        }
      }`,
  })
  return totals(host, partials, [...info.filterShape])
}

/** Four inputs of one tap lie side by side in x. */
const FOUR_NEIGHBOURS = `
  let tap = input / uniforms.inChannels;
  let start = offsetOf(corner, tap / uniforms.filterWidth, tap % uniforms.filterWidth);
  if (start < 0 || input >= uniforms.inputs) { return vec4<f32>(0.0); }
  let first = start + input % uniforms.inChannels;
  return vec4<f32>(x[first], x[first + 1], x[first + 2], x[first + 3]);`

const FOUR_SINGLES = `
  return vec4<f32>(
    valueOf(corner, input), valueOf(corner, input + 1), valueOf(corner, input + 2), valueOf(corner, input + 3));`

/** Each channel by itself: a sum over all pixels for each tap. */
function depthwiseGradient(host: ShaderHost, { x, dy }: Maps, info: Conv2DInfo): tf.TensorInfo {
  const { filterHeight, filterWidth } = info
  const partials = channelSums(host, {
    name: `depthwise-${filterHeight}x${filterWidth}`,
    inputs: { x, dy },
    integers: { ...windowsOf(info), inChannels: info.inChannels },
    extent: { rows: info.batchSize * info.outHeight * info.outWidth, channels: info.inChannels },
    count: filterHeight * filterWidth,
    functions: WINDOW_OF,
    add: `
      let corner = cornerOf(row);
      let gradient = dy[at];
      for (var tap = 0; tap < ${filterHeight * filterWidth}; tap++) {
        let start = offsetOf(corner, tap / ${filterWidth}, tap % ${filterWidth});
        if (start >= 0) { sums[tap] += gradient * x[start + channel]; }
      }`,
  })
  return totals(host, partials, [...info.filterShape])
}

function windowsOf(info: Conv2DInfo): Record<string, number> {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, padInfo } = info
  return {
    inHeight,
    inWidth,
    outHeight,
    outWidth,
    stride: strideHeight,
    top: padInfo.top,
    left: padInfo.left,
  }
}

/**
 * WGSL: `cornerOf` a pixel of dy is (image, top, left) of its window in x, and `offsetOf` where a tap's channels begin there; -1 beyond the
 * edge. Its shader has the integers of `windowsOf`, and `inChannels`.
 */
const WINDOW_OF = `
  fn cornerOf(row : i32) -> vec4<i32> {
    let image = row / (uniforms.outHeight * uniforms.outWidth);
    let pixel = row % (uniforms.outHeight * uniforms.outWidth);
    return vec4<i32>(
      image,
      pixel / uniforms.outWidth * uniforms.stride - uniforms.top,
      pixel % uniforms.outWidth * uniforms.stride - uniforms.left,
      0);
  }
  fn offsetOf(corner : vec4<i32>, row : i32, column : i32) -> i32 {
    let y = corner.y + row;
    let x = corner.z + column;
    if (y < 0 || y >= uniforms.inHeight || x < 0 || x >= uniforms.inWidth) { return -1; }
    return ((corner.x * uniforms.inHeight + y) * uniforms.inWidth + x) * uniforms.inChannels;
  }`
