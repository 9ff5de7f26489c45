/** Compute shaders of our own on tfjs's WebGPU backend, which compiles each once and binds its tensors. */
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu'
import { type TensorInfo, util } from '@tensorflow/tfjs-core'

export type ShaderHost = WebGPUBackend

/** Of a workgroup. Every device has as many. */
export const THREADS = 256

export type Shader = {
  /** Names the code: shaders with the same name and ranks of tensors are compiled once. */
  name: string
  /** Of 32-bit floats; the code reads them by these names. At most seven: a device may have no more than eight buffers. */
  inputs: Record<string, TensorInfo>
  /** The code has them as `uniforms.NAME`. */
  integers: Record<string, number>
  numbers?: Record<string, number>
  outputShape: number[]
  workgroups: number
  /** WGSL, with `fn main(index : i32)`, which is called for every thread and fills `result`. There may be a few threads more. */
  code: string
}

/** The result is the caller's. */
export function runShader(host: ShaderHost, shader: Shader): TensorInfo {
  const { name, inputs, integers, numbers = {}, outputShape, workgroups, code } = shader
  const program = {
    outputShape,
    shaderKey: `worldflora-${name}`,
    variableNames: Object.keys(inputs),
    uniforms: [
      ...Object.keys(integers).map((name) => `${name} : i32,`),
      ...Object.keys(numbers).map((name) => `${name} : f32,`),
    ].join(' '),
    workgroupSize: [THREADS, 1, 1] as [number, number, number],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [workgroups, 1, 1] as [number, number, number],
    getUserCode: () => code,
  }
  const uniforms = [
    ...Object.values(integers).map((value) => ({ type: 'int32', data: [value] })),
    ...Object.values(numbers).map((value) => ({ type: 'float32', data: [value] })),
  ]
  return host.runWebGPUProgram(program, Object.values(inputs), 'float32', uniforms)
}

/** One thread for each value: `compute` is a WGSL expression, given `index`. */
export function runElementwise(
  host: ShaderHost,
  shader: Omit<Shader, 'workgroups' | 'code'> & { functions?: string; compute: string },
): TensorInfo {
  const { functions = '', compute, ...rest } = shader
  const count = util.sizeFromShape(rest.outputShape)
  return runShader(host, {
    ...rest,
    integers: { ...rest.integers, count },
    workgroups: Math.ceil(count / THREADS),
    code: `
      ${functions}
      fn main(index : i32) {
        if (index < uniforms.count) { result[index] = ${compute}; }
      }`,
  })
}

/** Of a tensor that was the host's alone. */
export function drop(host: ShaderHost, tensor: TensorInfo): void {
  host.disposeData(tensor.dataId as Parameters<ShaderHost['disposeData']>[0])
}
