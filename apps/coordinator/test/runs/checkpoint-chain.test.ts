import type { Hash } from '@worldflora/protocol/ids'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chainOf, isBaseDue } from '../../src/runs/checkpoint-chain.ts'
import type { CheckpointRecord } from '../../src/store/store.ts'

const BASE_BYTES = 1000
const hash = (kind: string, step: number) => (kind + step).padEnd(64, '0') as Hash

function trained(deltaBytes: number[]): CheckpointRecord[] {
  const base = (step: number) => ({ blob: hash('b', step), bytes: BASE_BYTES })
  const records: CheckpointRecord[] = [
    { step: 0, checkpoint: hash('c', 0), base: base(0), delta: null, optimizerState: null },
  ]
  for (const [i, bytes] of deltaBytes.entries()) {
    const step = i + 1
    const delta = { blob: hash('d', step), bytes }
    const isBase = isBaseDue(records, delta)
    records.push({
      step,
      checkpoint: hash('c', step),
      base: isBase ? base(step) : null,
      delta,
      optimizerState: null,
    })
  }
  return records
}

/** Every prefix of it is the state after some step. */
function everyChain(deltaBytes: number[]) {
  const records = trained(deltaBytes)
  return deltaBytes.map((_, step) => chainOf(records.slice(0, step + 2)))
}

const sizes = (max: number) => fc.array(fc.integer({ min: 1, max }), { minLength: 1, maxLength: 300 })

describe('the chain of a checkpoint', () => {
  it('CK2: whatever the deltas weigh, a late joiner downloads at most twice the model’s size', () => {
    fc.assert(
      fc.property(sizes(3 * BASE_BYTES), (deltaBytes) => {
        for (const [step, { base, deltas }] of everyChain(deltaBytes).entries()) {
          expect(base.step + deltas.length).toBe(step + 1)
          const downloaded = deltas.reduce((sum, { bytes }) => sum + bytes, base.bytes)
          expect(downloaded).toBeLessThanOrEqual(2 * BASE_BYTES)
        }
      }),
    )
  })

  it('CK2: whoever holds the step before downloads one delta, as long as two of them weigh less than the model', () => {
    fc.assert(
      fc.property(sizes(BASE_BYTES / 2), (deltaBytes) => {
        for (const [step, { base, deltas }] of everyChain(deltaBytes).entries()) {
          expect(base.step).toBeLessThanOrEqual(step)
          expect(deltas.at(-1)!.blob).toBe(hash('d', step + 1))
        }
      }),
    )
  })

  it('CK2: nobody who follows ever downloads more than twice the delta, or the model if that is less', () => {
    fc.assert(
      fc.property(sizes(3 * BASE_BYTES), (deltaBytes) => {
        for (const [step, { base }] of everyChain(deltaBytes).entries()) {
          // The step before is not on the chain only where the checkpoint itself is its own base.
          if (base.step > step) expect(BASE_BYTES).toBeLessThanOrEqual(2 * deltaBytes[step]!)
        }
      }),
    )
  })

  it('tiny deltas are not chained for ever', () => {
    for (const { deltas } of everyChain(Array.from({ length: 1000 }, () => 1))) {
      expect(deltas.length).toBeLessThanOrEqual(128)
    }
  })
})
