/**
 * What networks are made of. Images and maps are [batch, height, width, channels]. A convolution has its normalisation
 * (or its bias) and its activation with it: that is the unit that is folded for inference and imported from elsewhere.
 */
import type { Activation, Padding } from '../ops/op-types.ts'

export type { Activation, Padding } from '../ops/op-types.ts'

export type Layer =
  | Convolution
  | Residual
  | { kind: 'max-pool'; size: number; stride: number; padding: Padding }
  | { kind: 'global-average-pool' }
  | Dense

/** `depthwise-conv`: one filter a channel, so outputs = inputs. Its tensors: `NAME/filter`, and those of what follows it. */
export type Convolution = {
  kind: 'conv' | 'depthwise-conv'
  name: string
  size: number
  stride: number
  padding: Padding
  inputs: number
  outputs: number
  /** null: nothing is normalised, and a bias (`NAME/bias`) is added instead. */
  norm: Norm | null
  activation: Activation
}

/** Batch normalisation. Tensors: `NAME/scale`, `NAME/offset`, and the running `NAME/mean`, `NAME/variance`. */
export type Norm = { name: string; epsilon: number; initialScale: 0 | 1 }

/** activation(branch(x) + shortcut(x)); a shortcut of no layers is x itself. */
export type Residual = {
  kind: 'residual'
  branch: readonly Convolution[]
  shortcut: readonly Convolution[]
  activation: Activation
}

/** The head. Tensors: `NAME/weights`, `NAME/bias`. */
export type Dense = { kind: 'dense'; name: string; inputs: number; outputs: number }

/** How a network's convolutions are followed up: a choice of the run (`norm`), and of the family (epsilon). */
export type Normalising = { norm: 'batch' | 'none'; epsilon: number }

/** The convolution with the norm that `normalising` asks for; `normName` is used if it asks for one. */
export function convolution(
  shape: Omit<Convolution, 'norm' | 'activation'>,
  normName: string,
  activation: Activation,
  normalising: Normalising,
): Convolution {
  const { norm, epsilon } = normalising
  return {
    ...shape,
    norm: norm === 'batch' ? { name: normName, epsilon, initialScale: 1 } : null,
    activation,
  }
}

/** The layers that have tensors, in the order in which a checkpoint has them: a residual's branch, then its shortcut. */
export function withTensors(layers: readonly Layer[]): (Convolution | Dense)[] {
  return layers.flatMap((layer) => {
    if (layer.kind === 'residual') return [...layer.branch, ...layer.shortcut]
    return layer.kind === 'conv' || layer.kind === 'depthwise-conv' || layer.kind === 'dense' ? [layer] : []
  })
}
