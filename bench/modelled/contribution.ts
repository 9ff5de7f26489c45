/** Contributions as a network's might be: every value of the layout there, normally distributed and small; and their sums. */
import { parameterSpecs } from '@worldflora/model/parameters'
import { encodeVector, parseVector, unitExponentFor } from '@worldflora/protocol/gradient-codec'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash } from '@worldflora/protocol/ids'
import { contributionShape, layoutOf } from '@worldflora/protocol/parameter-layout'
import { type Coding, mergePartialSums } from '@worldflora/protocol/partial-sum'
import { RandomStream } from '@worldflora/protocol/random'
import type { RunConfig } from '@worldflora/protocol/run-config'
import { accept } from '../platform/accept.ts'

const SCALE = 1e-3
const STREAM = 100
const DISTINCT = 4

export function parametersOf(config: RunConfig, classes: number): number {
  const { quantised, exact } = layoutOf(parameterSpecs(config.architecture, classes))
  return quantised + exact
}

export type DrawnSums = {
  /** Of a task's own contribution. */
  digest: Hash
  /** The sum of so many tasks: the same bytes for everybody who asks. */
  of(tasks: number, coding: Coding): Uint8Array
}

export function drawSums(config: RunConfig, classes: number): DrawnSums {
  const layout = layoutOf(parameterSpecs(config.architecture, classes))
  const shape = contributionShape(layout)
  const unitExponent = unitExponentFor(config.samplesPerTask)
  const kind = { ...shape, wire: config.wire, unitExponent }
  const encoded = Array.from({ length: DISTINCT }, (_, n) => {
    const random = new RandomStream(config.seed, 'herbarium', STREAM, n)
    const values = Float32Array.from({ length: shape.quantised + shape.exact }, () => SCALE * random.normal())
    // Variances are positive.
    for (let i = layout.quantised + layout.exact; i < values.length; i++) values[i] = Math.abs(values[i]!)
    return accept(encodeVector({ values, layout: shape, wire: config.wire, unitExponent, random }))
  })
  const contributions = encoded.map((bytes) => accept(parseVector(bytes, kind)))
  const made = new Map<string, Uint8Array>()
  return {
    digest: hashOf(encoded[0]!),
    of(tasks, coding) {
      const name = `${tasks} ${coding}`
      const parts = Array.from({ length: tasks }, (_, n) => contributions[n % DISTINCT]!)
      const bytes = made.get(name) ?? mergePartialSums(parts, coding)
      made.set(name, bytes)
      return bytes
    },
  }
}
