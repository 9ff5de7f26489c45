/** Kernels of our own beside tfjs's. */
import * as tf from '@tensorflow/tfjs-core'
import type { BackendName } from '@worldflora/protocol/messages'

export type ComputeKernel<Host> = (
  inputs: tf.NamedTensorInfoMap,
  attributes: tf.NamedAttrMap | undefined,
  host: Host,
) => tf.TensorInfo | tf.TensorInfo[]

/** On a backend that is `Host` by its type. In the place of tfjs's kernel of that name, if it has one. */
export function registerOn<Host>(
  backendName: BackendName,
): (kernelName: string, compute: ComputeKernel<Host>) => void {
  return (kernelName, compute) => {
    // A second one would be ignored with a warning.
    if (tf.getKernel(kernelName, backendName)) tf.unregisterKernel(kernelName, backendName)
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => compute(inputs, attrs, backend as Host),
    })
  }
}
