/** The linear heads that read the network's features beside its own: is there a plant, which organ is it. As one vector, to travel. */
import type { Calibration } from '@worldflora/protocol/calibration'
import { type Rejection, reject } from '@worldflora/protocol/rejection'

/** A weight for each feature, then the bias. */
export type LinearHead = Float32Array

export type ModelHeads = { plant: LinearHead | null; organs: LinearHead[] }

export const NO_HEADS: ModelHeads = { plant: null, organs: [] }

export function linearScore(head: LinearHead, features: ArrayLike<number>): number {
  let sum = head[features.length]!
  for (let i = 0; i < features.length; i++) sum += head[i]! * features[i]!
  return sum
}

/** Little-endian float32: the plant check's, then the organs'. */
export function encodeHeads({ plant, organs }: ModelHeads): Uint8Array<ArrayBuffer> {
  const all = plant === null ? organs : [plant, ...organs]
  const length = all.reduce((sum, head) => sum + head.length, 0)
  const view = new DataView(new ArrayBuffer(length * 4))
  let at = 0
  for (const head of all) for (const value of head) view.setFloat32(4 * at++, value, true)
  return new Uint8Array(view.buffer)
}

/** `features`: how many the network's head has. */
export function headsOf(
  calibration: Calibration,
  bytes: Uint8Array,
  features: number,
): ModelHeads | Rejection {
  const plants = calibration.plantCheck === null ? 0 : 1
  const organs = calibration.organs?.names.length ?? 0
  const length = features + 1
  if (bytes.byteLength !== 4 * length * (plants + organs)) {
    return reject(
      'invalid-heads',
      `The model’s checks have ${bytes.byteLength} bytes, where ${4 * length * (plants + organs)} belong.`,
      'Publish the model again.',
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const headAt = (n: number) =>
    Float32Array.from({ length }, (_, i) => view.getFloat32(4 * (n * length + i), true))
  return {
    plant: plants === 1 ? headAt(0) : null,
    organs: Array.from({ length: organs }, (_, n) => headAt(plants + n)),
  }
}
