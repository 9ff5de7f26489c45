/**
 * tfjs's WASM backend copies a tensor's values for a mere second name (its `Identity`), and a backward pass gives a second
 * name to all that it saves: an eighth of a training step. Tensors are immutable, so counting references is enough,
 * as that backend's own `Reshape` does.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { WasmHost } from './kernel-module.ts'

export function registerIdentityKernel(): void {
  tf.unregisterKernel(tf.Identity, 'wasm')
  tf.registerKernel({
    kernelName: tf.Identity,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x!
      ;(backend as WasmHost).incRef(dataId)
      return { dataId, shape, dtype }
    },
  })
}
