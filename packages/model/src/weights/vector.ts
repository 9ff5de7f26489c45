/** A checkpoint in canonical form as tensors, one by one as its bytes come. */
import { layoutOf, sizeOf } from '@worldflora/protocol/parameter-layout'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { parameterSpecs } from '../parameters.ts'
import { bytesOf, type NamedTensor, type TensorShape } from './named-tensor.ts'

/** In the layout's order, which is that of a checkpoint. */
export function tensorShapes(architecture: Architecture, classes: number): TensorShape[] {
  const { entries } = layoutOf(parameterSpecs(architecture, classes))
  return entries.map(({ spec: { name, shape } }) => ({ name, shape }))
}

/** Ends with a rejection, if the bytes are not exactly the tensors'. */
export async function* tensorsOf(
  shapes: readonly TensorShape[],
  bytes: AsyncIterable<Uint8Array>,
): AsyncIterable<NamedTensor | Rejection> {
  const coming = bytes[Symbol.asyncIterator]()
  let piece = new Uint8Array(0) as Uint8Array
  const more = async (): Promise<boolean> => {
    while (piece.length === 0) {
      const { done, value } = await coming.next()
      if (done) return false
      piece = value
    }
    return true
  }
  for (const { name, shape } of shapes) {
    const values = new Float32Array(sizeOf(shape))
    const target = bytesOf(values)
    for (let filled = 0; filled < target.length; ) {
      if (!(await more())) return yield otherLength('few')
      const part = piece.subarray(0, target.length - filled)
      target.set(part, filled)
      filled += part.length
      piece = piece.subarray(part.length)
    }
    yield { name, shape, values }
  }
  if (await more()) yield otherLength('many')
}

function otherLength(much: 'few' | 'many'): Rejection {
  return reject(
    'malformed-weights',
    `The checkpoint has too ${much} bytes for its network.`,
    'Export it again.',
  )
}
