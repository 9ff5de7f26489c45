import { hashOf } from '@worldflora/protocol/hash'
import type { CheckpointRef } from '@worldflora/protocol/messages'
import { describe, expect, test } from 'vitest'
import { batchesFrom, faultOfChain } from '../src/session/checkpoint-supply.ts'

const name = (text: string) => hashOf(new TextEncoder().encode(text))

function chainOf(length: number): CheckpointRef {
  const deltas = Array.from({ length }, (_, i) => ({
    blob: name(`delta ${i + 1}`),
    bytes: 10,
    checkpoint: name(`weights ${i + 1}`),
  }))
  const base = { step: 0, blob: name('weights 0'), bytes: 100 }
  return { step: length, checkpoint: deltas.at(-1)?.checkpoint ?? base.blob, base, deltas }
}

describe('the way to a checkpoint', () => {
  test('who holds nothing takes the base, then all deltas, a bounded number at once', () => {
    const batches = batchesFrom(chainOf(40), null)
    expect(batches.map(({ base, deltas }) => [base !== null, deltas.length])).toEqual([
      [true, 0],
      [false, 16],
      [false, 16],
      [false, 8],
    ])
    expect(batches.map(({ checkpoint }) => checkpoint)).toEqual(
      ['weights 0', 'weights 16', 'weights 32', 'weights 40'].map(name),
    )
  })

  test('who holds a checkpoint of the chain, or its base, takes the deltas after it', () => {
    const deltasFrom = (held: string) =>
      batchesFrom(chainOf(3), name(held)).flatMap(({ deltas }) => deltas.length)
    expect(deltasFrom('weights 2')).toEqual([1])
    expect(deltasFrom('weights 0')).toEqual([3])
  })

  test('who holds the weights of another run begins at the base', () => {
    expect(batchesFrom(chainOf(1), name('weights of another run'))[0]!.base).not.toBeNull()
  })

  test('IN1: a chain that does not end at its checkpoint is refused', () => {
    expect(faultOfChain(chainOf(2))).toBeNull()
    expect(faultOfChain({ ...chainOf(2), checkpoint: name('elsewhere') })).toMatchObject({
      code: 'broken-chain',
    })
  })
})
