import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { isRejection } from '@worldflora/protocol/rejection'
import { expect, it } from 'vitest'
import {
  decodeOptimizerState,
  encodeOptimizerState,
  initOptimizer,
  nextStatistics,
} from '../../src/optimizer/index.ts'

const layout = layoutOf([
  { name: 'kernel', shape: [1, 2], role: 'trainable', decay: true },
  { name: 'bias', shape: [1], role: 'trainable', decay: false },
  { name: 'mean', shape: [5], role: 'statistic', decay: false },
])

it('CK1: momentum and residual survive as bytes, read from any buffer', () => {
  expect(initOptimizer(layout)).toEqual({ momentum: new Float32Array(3), residual: new Float32Array(2) })
  const state = { momentum: Float32Array.from([1, 2, 3]), residual: Float32Array.from([0.5, -0.5]) }
  const bytes = encodeOptimizerState(state)
  expect(Buffer.from(bytes).toString('hex')).toBe('0000803f00000040000040400000003f000000bf')
  expect(decodeOptimizerState(Buffer.concat([Buffer.alloc(3), bytes]).subarray(3), layout)).toEqual(state)
})

it('a state of another network is refused', () => {
  expect(isRejection(decodeOptimizerState(new Uint8Array(24), layout))).toBe(true)
})

it('BN1: running statistics keep nine tenths and take one tenth of the step’s', () => {
  const next = nextStatistics(Float32Array.from([0, 10, -1]), Float32Array.from([1, 10, 1]))
  expect([...next]).toEqual([expect.closeTo(0.1, 7), 10, expect.closeTo(-0.8, 7)])
})
