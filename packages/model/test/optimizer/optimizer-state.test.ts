import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { describe, expect, it } from 'vitest'
import {
  averageIn,
  decodeOptimizerState,
  encodeOptimizerState,
  initOptimizer,
  nextStatistics,
  type OptimizerState,
} from '../../src/optimizer/index.ts'
import { smallLayout as layout, optimizerConfig } from './steps-by-hand.ts'

const CONFIGS = ['sgd', 'lars', 'adamw'].flatMap((name) => [
  optimizerConfig({ name }),
  optimizerConfig({ name, ema: 0.99 }),
])
const weights = Float32Array.from([1, 2, 3, 4])
const codeOf = (value: unknown | Rejection) => (isRejection(value) ? value.code : null)

/** A state whose every value is another. */
function stateOf(config: (typeof CONFIGS)[number]): OptimizerState {
  let value = 0
  const values = (length: number) => Float32Array.from({ length }, () => ++value / 8)
  return {
    moments:
      config.name === 'adamw'
        ? { kind: 'adamw', updates: 70_000, first: values(3), second: values(3) }
        : { kind: config.name, velocity: values(3) },
    residual: values(2),
    average: config.ema === undefined ? null : { updates: 80_000, values: values(4) },
  }
}

describe('OP8: the optimizer’s state', () => {
  it.each(CONFIGS)('CK1: of $name survives as bytes, read from any buffer', (config) => {
    const state = stateOf(config)
    const bytes = encodeOptimizerState(state, layout)
    expect(decodeOptimizerState(Buffer.concat([Buffer.alloc(3), bytes]).subarray(3), config, layout)).toEqual(
      state,
    )
    const first = initOptimizer(config, layout, weights)
    expect(decodeOptimizerState(encodeOptimizerState(first, layout), config, layout)).toEqual(first)
  })

  it('is a header that says whose it is, then the values', () => {
    const bytes = encodeOptimizerState(stateOf(optimizerConfig({ name: 'sgd' })), layout)
    expect(Buffer.from(bytes).toString('hex')).toBe(
      '57464f31' +
        '00000000' +
        '020000000100000001000000' +
        '0000000000000000' +
        '0000003e0000803e0000c03e' +
        '0000003f0000203f',
    )
  })

  it('SGD’s of before there was a header is read as well', () => {
    const state = stateOf(optimizerConfig({ name: 'sgd' }))
    const bare = encodeOptimizerState(state, layout).slice(28)
    expect(decodeOptimizerState(bare, optimizerConfig({ name: 'sgd' }), layout)).toEqual(state)
    expect(codeOf(decodeOptimizerState(bare, optimizerConfig({ name: 'lars' }), layout))).toBe(
      'malformed-optimizer-state',
    )
  })

  it.each(CONFIGS)('of $name is refused by a run of any other configuration, in words', (config) => {
    const bytes = encodeOptimizerState(stateOf(config), layout)
    for (const other of CONFIGS.filter((one) => one !== config)) {
      const refused = decodeOptimizerState(bytes, other, layout)
      expect(refused).toMatchObject({
        code: 'malformed-optimizer-state',
        action: expect.stringMatching(/backup/),
      })
      const word = other.name === config.name ? 'average' : `trains with ${other.name}`
      expect(isRejection(refused) && refused.message).toContain(word)
    }
  })

  it.each(CONFIGS)('of $name is refused when a byte is missing, or one too many', (config) => {
    const bytes = encodeOptimizerState(stateOf(config), layout)
    for (let length = 0; length < bytes.length; length++) {
      expect(isRejection(decodeOptimizerState(bytes.slice(0, length), config, layout))).toBe(true)
    }
    expect(isRejection(decodeOptimizerState(Buffer.concat([bytes, Buffer.alloc(1)]), config, layout))).toBe(
      true,
    )
  })

  it('is refused when it is of another network, or of no optimizer known', () => {
    const config = optimizerConfig({ name: 'sgd' })
    const other = layoutOf([
      { name: 'kernel', shape: [1, 1], role: 'trainable', decay: true },
      { name: 'bias', shape: [3], role: 'trainable', decay: false },
      { name: 'mean', shape: [1], role: 'statistic', decay: false },
    ])
    const bytes = encodeOptimizerState(stateOf(config), layout)
    expect(isRejection(decodeOptimizerState(bytes, config, other))).toBe(true)
    for (const at of [0, 4]) {
      const changed = bytes.slice()
      changed[at] = 99
      expect(isRejection(decodeOptimizerState(changed, config, layout))).toBe(true)
    }
  })

  it('OP7: gives the averaged weights out in their canonical form', () => {
    const config = optimizerConfig({ name: 'adamw', ema: 0.99 })
    const state = stateOf(config)
    const found = averageIn(encodeOptimizerState(state, layout), layout)
    expect(!isRejection(found) && new Float32Array(found.slice().buffer)).toEqual(state.average!.values)
    const without = encodeOptimizerState(stateOf(optimizerConfig({ name: 'adamw' })), layout)
    expect(codeOf(averageIn(without, layout))).toBe('malformed-optimizer-state')
    expect(codeOf(averageIn(new Uint8Array(5), layout))).toBe('malformed-optimizer-state')
  })
})

it('BN1: running statistics keep nine tenths and take one tenth of the step’s', () => {
  const next = nextStatistics(Float32Array.from([0, 10, -1]), Float32Array.from([1, 10, 1]))
  expect([...next]).toEqual([expect.closeTo(0.1, 7), 10, expect.closeTo(-0.8, 7)])
})
