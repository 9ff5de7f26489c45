/** What an optimizer remembers of the gradients: vectors of one value per trainable parameter (quantised, then exact). */
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import type { OptimizerConfig } from '@worldflora/protocol/run-config'

export type Moments =
  | { kind: 'sgd' | 'lars'; velocity: Float32Array }
  | {
      kind: 'adamw'
      /** Updates made: the bias correction counts them. */
      updates: number
      first: Float32Array
      second: Float32Array
    }
type AdamMoments = Extract<Moments, { kind: 'adamw' }>

export function initMoments(
  { name }: Pick<OptimizerConfig, 'name'>,
  { quantised, exact }: ParameterLayout,
): Moments {
  const zeros = () => new Float32Array(quantised + exact)
  return name === 'adamw'
    ? { kind: name, updates: 0, first: zeros(), second: zeros() }
    : { kind: name, velocity: zeros() }
}

/** Room for what follows; counts the update. */
export function nextMoments(before: Moments): Moments {
  const room = ({ length }: Float32Array) => new Float32Array(length)
  return before.kind === 'adamw'
    ? { ...before, updates: before.updates + 1, first: room(before.first), second: room(before.second) }
    : { ...before, velocity: room(before.velocity) }
}

/** In the order in which they are kept. */
export function vectorsOf(moments: Moments): Float32Array[] {
  return moments.kind === 'adamw' ? [moments.first, moments.second] : [moments.velocity]
}

/** Throws on the moments of another optimizer, as does `adamMomentsOf`: that is a bug, the codec has looked at them. */
export function velocityOf(moments: Moments): Float32Array {
  if (moments.kind === 'adamw') throw new Error('AdamW has no velocity')
  return moments.velocity
}

export function adamMomentsOf(moments: Moments): AdamMoments {
  if (moments.kind !== 'adamw') throw new Error(`${moments.kind} has a velocity alone`)
  return moments
}
