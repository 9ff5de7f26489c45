import { hashOf } from '@worldflora/protocol/hash'
import { layoutOf, sizeOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { describe, expect, test } from 'vitest'
import { initialWeights, parameterSpecs } from '../src/parameters.ts'

const mobileNet = (width: number): Architecture => ({ name: 'mobilenet-v1', width, imageSize: 224 })
const smallCnn: Architecture = { name: 'small-cnn', width: 1, imageSize: 64 }

describe('the parameters of a network', () => {
  // Keras 2's `model.summary()` of applications.MobileNet with 1,000 classes; the paper rounds the first to 4.2 million.
  test.each([
    [1, 4_253_864, 4_231_976],
    [0.75, 2_601_976, 2_585_560],
    [0.5, 1_342_536, 1_331_592],
    [0.25, 475_544, 470_072],
  ])(
    'MobileNetV1 at width %d has as many as its authors count: %d, %d of them trainable',
    (width, all, trainable) => {
      const specs = parameterSpecs(mobileNet(width), 1000)
      const count = (wanted: typeof specs) => wanted.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
      expect(count(specs)).toBe(all)
      expect(count(specs.filter(({ role }) => role === 'trainable'))).toBe(trainable)
    },
  )

  test('a small CNN grows with its width', () => {
    const total = (width: number) => layoutOf(parameterSpecs({ ...smallCnn, width }, 24)).total
    expect(total(2)).toBeGreaterThan(3 * total(1))
    expect(total(0.25)).toBeLessThan(total(1) / 5)
  })

  test('weight decay is for filters and weights, not for norms, biases and statistics', () => {
    for (const spec of parameterSpecs(mobileNet(0.25), 10)) {
      expect(spec.decay, spec.name).toBe(/\/(filter|weights)$/.test(spec.name))
    }
  })
})

describe('initial weights', () => {
  test('SD1: are a function of architecture, classes and seed, bit for bit', () => {
    const hash = (seed: number) => hashOf(encodeWeights(initialWeights(smallCnn, 24, seed)))
    expect(hash(1)).toBe(hash(1))
    expect(hash(1)).not.toBe(hash(2))
    expect(hash(1)).toMatchInlineSnapshot(
      `"5444cacae03d41cb4f9a4ac699d08c2c5786d78580fb9e0885538e5a126893a1"`,
    )
  })

  test('have the spread that He and Glorot ask for, and norms that change nothing', () => {
    const layout = layoutOf(parameterSpecs(smallCnn, 24))
    const weights = initialWeights(smallCnn, 24, 3)
    const valuesNamed = (name: string) =>
      valuesOf(layout.entries.find(({ spec }) => spec.name === name)!, weights)
    const variance = (values: Float32Array) =>
      values.reduce((sum, value) => sum + value * value, 0) / values.length
    expect(variance(valuesNamed('block4/filter'))).toBeCloseTo(2 / (9 * 64), 4)
    expect(variance(valuesNamed('head/weights'))).toBeCloseTo(2 / (128 + 24), 3)
    expect(new Set(valuesNamed('block1/norm/scale'))).toEqual(new Set([1]))
    expect(new Set(valuesNamed('block1/norm/variance'))).toEqual(new Set([1]))
    expect(new Set(valuesNamed('block1/norm/mean'))).toEqual(new Set([0]))
    expect(new Set(valuesNamed('head/bias'))).toEqual(new Set([0]))
  })
})
