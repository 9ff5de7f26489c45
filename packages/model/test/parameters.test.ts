import { hashOf } from '@worldflora/protocol/hash'
import { layoutOf, sizeOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { encodeWeights } from '@worldflora/protocol/tensor-codec'
import { describe, expect, test } from 'vitest'
import { featureCount, initialWeights, parameterSpecs } from '../src/parameters.ts'

const mobileNet = (width: number): Architecture => ({ name: 'mobilenet-v1', width, imageSize: 224 })
const smallCnn: Architecture = { name: 'small-cnn', width: 1, imageSize: 64 }

function countsOf(architecture: Architecture, classes: number): { all: number; trainable: number } {
  const specs = parameterSpecs(architecture, classes)
  const count = (wanted: typeof specs) => wanted.reduce((sum, { shape }) => sum + sizeOf(shape), 0)
  return { all: count(specs), trainable: count(specs.filter(({ role }) => role === 'trainable')) }
}

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
      expect(countsOf(mobileNet(width), 1000)).toEqual({ all, trainable })
    },
  )

  // Keras's counts of applications.MobileNetV2, with 1,000 classes; torchvision's mobilenet_v2 at width 1 has the same.
  test.each([
    [1.4, 6_156_712, 6_108_776],
    [1, 3_538_984, 3_504_872],
    [0.75, 2_663_064, 2_636_424],
    [0.5, 1_987_224, 1_968_680],
    [0.35, 1_691_208, 1_677_128],
  ])(
    'MobileNetV2 at width %d has as many as Keras counts: %d, %d of them trainable',
    (width, all, trainable) => {
      expect(countsOf({ name: 'mobilenet-v2', width, imageSize: 224 }, 1000)).toEqual({ all, trainable })
    },
  )

  test('MobileNetV2 0.5 without norms has what its published weights have, and a head', () => {
    const architecture = { name: 'mobilenet-v2', width: 0.5, imageSize: 96, norm: 'none' } as const
    const head = 40 * 1281
    expect(countsOf(architecture, 40)).toEqual({ all: 678_408 + head, trainable: 678_408 + head })
    expect(featureCount(architecture)).toBe(1280)
  })

  // torchvision's resnet50: 25,557,032 parameters, and 26,560 channels of normalisations with two running statistics each.
  test('ResNet-50 has as many as torchvision counts', () => {
    const counts = countsOf({ name: 'resnet-50', width: 1, imageSize: 224 }, 1000)
    expect(counts).toEqual({ all: 25_557_032 + 2 * 26_560, trainable: 25_557_032 })
  })

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
