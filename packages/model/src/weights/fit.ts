/** Whether tensors are those of a network: each is there, each has its shape, none is left over. Words name the tensor. */
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { TensorShape } from './named-tensor.ts'

/** A tensor as it has to come. `as`: what it is called here, where that is another name. */
export type ExpectedTensor = TensorShape & { as: string }

const NAMED = 5
const ACTION =
  'Choose the architecture that the weights are of (name, width, norm), or weights of this architecture.'

export function faultOfFit(
  expected: readonly ExpectedTensor[],
  given: ReadonlyMap<string, Pick<TensorShape, 'shape'>>,
): Rejection | null {
  for (const { name, shape, as } of expected) {
    const tensor = given.get(name)
    if (tensor === undefined || String(tensor.shape) === String(shape)) continue
    const called = as === name ? 'here' : `for ${as}`
    return unfit(
      `The tensor ${name} is ${shapeWords(tensor.shape)}, and ${called} it has to be ${shapeWords(shape)}.`,
    )
  }
  const missing = expected.filter(({ name }) => !given.has(name))
  if (missing.length > 0) {
    return unfit(
      `The weights lack ${list(missing.map(({ name, as }) => (as === name ? name : `${name} (${as})`)))}.`,
    )
  }
  const known = new Set(expected.map(({ name }) => name))
  const left = [...given.keys()].filter((name) => !known.has(name))
  return left.length === 0 ? null : unfit(`The network has no place for ${list(left)}.`)
}

function shapeWords(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`
}

export function list(names: readonly string[]): string {
  const more = names.length - NAMED
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

function unfit(message: string): Rejection {
  return reject('weights-do-not-fit', message, ACTION)
}
