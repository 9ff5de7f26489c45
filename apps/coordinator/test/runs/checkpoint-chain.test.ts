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

describe('the chain of a checkpoint', () => {
  it('deltas of a quarter of the base: never more than the base’s weight of them, and always some', () => {
    for (let steps = 1; steps <= 40; steps++) {
      const { base, deltas } = chainOf(trained(Array.from({ length: steps }, () => 260)))
      expect(base.step + deltas.length).toBe(steps)
      expect(deltas.length * 260).toBeLessThan(2 * BASE_BYTES)
      expect(deltas.length).toBeGreaterThan(0)
    }
  })

  it('whoever holds the step before goes on with one delta, whatever the deltas weigh', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1100 }), { minLength: 1, maxLength: 60 }),
        (deltaBytes) => {
          const { step, base, deltas } = chainOf(trained(deltaBytes))
          expect(step).toBe(deltaBytes.length)
          expect(base.step).toBeLessThan(step)
          expect(deltas.at(-1)!.blob).toBe(hash('d', step))
          expect(deltas).toHaveLength(step - base.step)
        },
      ),
    )
  })

  it('tiny deltas are not chained for ever', () => {
    const { deltas } = chainOf(trained(Array.from({ length: 1000 }, () => 1)))
    expect(deltas.length).toBeLessThanOrEqual(128)
  })
})
