/**
 * torchvision's MobileNetV2 in plain loops, as its source reads: NCHW, a zero on each side, 1e-5 on variances, colours by
 * ImageNet's mean and deviation. The first convolution's border is an argument: torchvision pads zeros, which are the mean colour.
 */
export type State = ReadonlyMap<string, { shape: readonly number[]; values: Float32Array }>

type Maps = { channels: number; size: number; values: Float64Array }

const MEAN = [0.485, 0.456, 0.406]
const DEVIATION = [0.229, 0.224, 0.225]

/** `image` [size, size, 3] with values from 0 to 1. `border`: by colour, as it is after the scaling. */
export function torchFeatures(
  state: State,
  image: Float32Array,
  size: number,
  border: number[],
): Float64Array {
  const values = new Float64Array(3 * size * size)
  for (let i = 0; i < size * size; i++) {
    for (let c = 0; c < 3; c++) values[c * size * size + i] = (image[3 * i + c]! - MEAN[c]!) / DEVIATION[c]!
  }
  let maps = conv(state, 'features.0.0', { channels: 3, size, values }, { stride: 2, border })
  maps = relu6(norm(state, 'features.0.1', maps))
  // Of torchvision's inverted_residual_setting: expansion, blocks, stride.
  let block = 0
  for (const [expansion, count, stride] of [
    [1, 1, 1],
    [6, 2, 2],
    [6, 3, 2],
    [6, 4, 2],
    [6, 3, 1],
    [6, 3, 2],
    [6, 1, 1],
  ] as const) {
    for (let i = 0; i < count; i++) {
      maps = inverted(state, `features.${++block}.conv`, maps, { expansion, stride: i === 0 ? stride : 1 })
    }
  }
  maps = relu6(norm(state, 'features.18.1', conv(state, 'features.18.0', maps, { stride: 1 })))
  const area = maps.size * maps.size
  return Float64Array.from({ length: maps.channels }, (_, c) =>
    maps.values.subarray(c * area, (c + 1) * area).reduce((sum, value) => sum + value / area, 0),
  )
}

function inverted(
  state: State,
  name: string,
  x: Maps,
  { expansion, stride }: { expansion: number; stride: number },
): Maps {
  let maps = x
  let at = 0
  if (expansion !== 1) {
    maps = relu6(norm(state, `${name}.0.1`, conv(state, `${name}.0.0`, maps, { stride: 1 })))
    at = 1
  }
  const depthwise = conv(state, `${name}.${at}.0`, maps, { stride, groups: maps.channels })
  maps = relu6(norm(state, `${name}.${at}.1`, depthwise))
  maps = norm(state, `${name}.${at + 2}`, conv(state, `${name}.${at + 1}`, maps, { stride: 1 }))
  if (stride !== 1 || x.channels !== maps.channels) return maps
  return { ...maps, values: maps.values.map((value, i) => value + x.values[i]!) }
}

/** Weight [outputs, inputs / groups, kernel, kernel]; padding (kernel - 1) / 2. */
function conv(
  state: State,
  name: string,
  { channels, size, values }: Maps,
  { stride, groups = 1, border }: { stride: number; groups?: number; border?: number[] },
): Maps {
  const { shape, values: weight } = state.get(`${name}.weight`)!
  const [outputs, within, kernel] = shape as [number, number, number, number]
  const padding = (kernel - 1) / 2
  const out = Math.floor((size + 2 * padding - kernel) / stride) + 1
  const result = new Float64Array(outputs * out * out)
  if (within * groups !== channels) throw new Error(`${name} has ${within} inputs in ${groups} groups`)
  for (let o = 0; o < outputs; o++) {
    const first = Math.floor(o / (outputs / groups)) * within
    for (let y = 0; y < out; y++) {
      for (let x = 0; x < out; x++) {
        let sum = 0
        for (let i = 0; i < within; i++) {
          for (let ky = 0; ky < kernel; ky++) {
            for (let kx = 0; kx < kernel; kx++) {
              const [row, column] = [y * stride + ky - padding, x * stride + kx - padding]
              const isInside = row >= 0 && row < size && column >= 0 && column < size
              const value = isInside
                ? values[((first + i) * size + row) * size + column]!
                : (border?.[first + i] ?? 0)
              sum += value * weight[((o * within + i) * kernel + ky) * kernel + kx]!
            }
          }
        }
        result[(o * out + y) * out + x] = sum
      }
    }
  }
  return { channels: outputs, size: out, values: result }
}

function norm(state: State, name: string, maps: Maps): Maps {
  const of = (part: string) => state.get(`${name}.${part}`)!.values
  const [weight, bias, mean, variance] = [of('weight'), of('bias'), of('running_mean'), of('running_var')]
  const area = maps.size * maps.size
  const values = maps.values.map((value, i) => {
    const c = Math.floor(i / area)
    return ((value - mean[c]!) / Math.sqrt(variance[c]! + 1e-5)) * weight[c]! + bias[c]!
  })
  return { ...maps, values }
}

function relu6(maps: Maps): Maps {
  return { ...maps, values: maps.values.map((value) => Math.min(6, Math.max(0, value))) }
}
