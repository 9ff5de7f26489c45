/**
 * tfjs's WASM backend copies a tensor's values for a mere second name (its `Identity`), and a backward pass gives a second
 * name to all that it saves: an eighth of a training step. Tensors are immutable, so counting references is enough,
 * as that backend's own `Reshape` does.
 */
import * as tf from '@tensorflow/tfjs-core'
import { registerOn } from '../register-kernel.ts'
import type { WasmHost } from './kernel-module.ts'

export function registerIdentityKernel(): void {
  registerOn<WasmHost>('wasm')(tf.Identity, ({ x }, _, host) => {
    const { dataId, shape, dtype } = x!
    host.incRef(dataId)
    return { dataId, shape, dtype }
  })
}
