/** The weights in the compute part's hands: made from a base, led on by deltas, named by the hash of their bytes. */
import { parameterSpecs, trainedSpecs } from '@worldflora/model/parameters'
import { applyDelta } from '@worldflora/protocol/delta-codec'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import type { RunDescription } from '@worldflora/protocol/messages'
import {
  deltaShape,
  gather,
  layoutOf,
  type ParameterLayout,
  scatter,
  selectionOf,
} from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import { decodeWeights, encodeWeights } from '@worldflora/protocol/tensor-codec'
import type { CheckpointParts } from '../session/compute-port.ts'

export type HeldWeights = { checkpoint: Hash; values: Float32Array }

function layoutOfCheckpoint({ config, flora }: RunDescription): ParameterLayout {
  return layoutOf(parameterSpecs(config.architecture, flora.species))
}

/** Of contributions and deltas. */
export function layoutOfTrained({ config, flora, train }: RunDescription): ParameterLayout {
  return layoutOf(trainedSpecs(config.architecture, flora.species, train))
}

/** Consumes `held`: its values are changed in place, and worth nothing if this rejects. */
export function leadOn(
  held: HeldWeights | null,
  parts: CheckpointParts,
  hash: (bytes: Uint8Array) => Hash = hashOf,
): HeldWeights | Rejection {
  const layout = layoutOfCheckpoint(parts.run)
  const values = parts.base === null ? held?.values : decodeWeights(parts.base, layout)
  if (isRejection(values)) return values
  if (values === undefined || values.length !== layout.total) {
    return mismatch('there is no checkpoint that these deltas follow on')
  }
  const fault = applyDeltas(values, layout, parts)
  if (fault !== null) return fault
  const checkpoint = hash(encodeWeights(values))
  if (checkpoint !== parts.checkpoint) return mismatch(`they came out as ${checkpoint}`)
  return { checkpoint, values }
}

/** In place. */
function applyDeltas(
  values: Float32Array,
  whole: ParameterLayout,
  { run, deltas }: CheckpointParts,
): Rejection | null {
  const layout = layoutOfTrained(run)
  const selection = run.train === 'all' ? null : selectionOf(whole, layout)
  const trained = selection === null ? values : gather(selection, values)
  const shape = deltaShape(layout)
  for (const bytes of deltas) {
    const fault = applyDelta(trained, bytes, { ...shape, wire: run.config.wire, unitExponent: null })
    if (fault !== null) return fault
  }
  if (selection !== null) scatter(selection, trained, values)
  return null
}

function mismatch(why: string): Rejection {
  return reject(
    'checkpoint-mismatch',
    `The weights are not those of the checkpoint: ${why}.`,
    'Fetch base and deltas anew.',
  )
}
