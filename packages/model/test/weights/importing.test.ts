import * as tf from '@tensorflow/tfjs-core'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { beforeAll, describe, expect, it } from 'vitest'
import { openInferenceNetwork } from '../../src/architecture/inference-network.ts'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { type ImportedWeights, importWeights } from '../../src/weights/importing.ts'
import type { NamedTensor } from '../../src/weights/named-tensor.ts'
import type { StoredWeights } from '../../src/weights/stored-weights.ts'
import { drawnWeights, sameBits, tensorsIn, vectorOf } from './drawn-weights.ts'
import { torchFeatures } from './plain-torch.ts'
import { mobileNetV2Names, resNet50Names } from './torch-names.ts'

const V1: Architecture = { name: 'mobilenet-v1', width: 0.25, imageSize: 33 }
const V2: Architecture = { name: 'mobilenet-v2', width: 0.25, imageSize: 33 }
const RESNET: Architecture = { name: 'resnet-50', width: 0.125, imageSize: 32 }

beforeAll(() => openBackend('wasm', nodeAssets))

function stored(tensors: readonly NamedTensor[]): StoredWeights {
  const entries = tensors.map(({ name, shape, values }) => ({
    name,
    shape,
    read: async () => values.slice(),
  }))
  return { tensors: new Map(entries.map((entry) => [entry.name, entry])), metadata: {} }
}

function accepted(imported: ImportedWeights | Rejection): ImportedWeights {
  if (isRejection(imported)) throw new Error(imported.message)
  return imported
}
const words = (imported: ImportedWeights | Rejection) =>
  isRejection(imported) ? imported.message : 'no rejection'

/** Without the head: nobody knows its species. */
const body = (architecture: Architecture, weights: Float32Array) =>
  tensorsIn(architecture, 2, weights).filter(({ name }) => !name.startsWith('head/'))

function features(architecture: Architecture, weights: Float32Array, images: Float32Array): Float32Array {
  const size = architecture.imageSize
  const network = openInferenceNetwork(architecture, 2, weights)
  const values = network.features(tf.tensor4d(images, [images.length / (size * size * 3), size, size, 3]))
  const copy = Float32Array.from(values.dataSync())
  values.dispose()
  network.dispose()
  return copy
}

/** Largest difference over largest value. */
function deviation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  const largest = (values: number[]) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return largest(Array.from(a, (value, i) => value - b[i]!)) / largest(Array.from(b))
}

function photo(size: number): Float32Array {
  return Float32Array.from({ length: size * size * 3 }, (_, i) => (1 + Math.sin(i * i)) / 2)
}
const scaled = (image: Float32Array) => image.map((value) => 2 * value - 1)

describe('names of Keras', () => {
  const renamed = (tensors: NamedTensor[], layerOf: (layer: string) => string) =>
    tensors.map(({ name, ...more }) => {
      const cut = name.lastIndexOf('/')
      const layer = layerOf(name.slice(0, cut))
      const isDepthwise = name.endsWith('depthwise/filter')
      const part = {
        filter: isDepthwise ? 'depthwise_kernel' : 'kernel',
        bias: 'bias',
        scale: 'gamma',
        offset: 'beta',
        mean: 'moving_mean',
        variance: 'moving_variance',
      }[name.slice(cut + 1)]
      return { name: `${layer}/${part}`, ...more }
    })

  /** keras.applications.mobilenet: conv1, conv1_bn, conv_dw_1, conv_dw_1_bn, conv_pw_1, ... */
  const v1 = (layer: string) => {
    if (layer.startsWith('stem')) return layer === 'stem' ? 'conv1' : 'conv1_bn'
    const [, block, part] = layer.match(/^block(\d+)\/(.*)$/)!
    const kind = part!.startsWith('depthwise') ? 'dw' : 'pw'
    return `conv_${kind}_${block}${part!.endsWith('-norm') ? '_bn' : ''}`
  }
  /** keras.applications.mobilenet_v2: Conv1, bn_Conv1, expanded_conv_depthwise, block_1_expand, ..., Conv_1, Conv_1_bn. */
  const v2 = (layer: string) => {
    const fixed = { stem: 'Conv1', 'stem/norm': 'bn_Conv1', last: 'Conv_1', 'last/norm': 'Conv_1_bn' }[layer]
    if (fixed !== undefined) return fixed
    const [, block, part] = layer.match(/^block(\d+)\/(.*)$/)!
    const prefix = block === '1' ? 'expanded_conv' : `block_${Number(block) - 1}`
    return `${prefix}_${part!.replace('-norm', '_BN')}`
  }

  it.each<[string, Architecture, (layer: string) => string, string]>([
    ['MobileNetV1', V1, v1, 'conv_preds'],
    ['MobileNetV2', V2, v2, 'predictions'],
  ])(
    'WT4: %s is taken over bit for bit; a head of other things is left',
    async (_, architecture, layerOf, head) => {
      const weights = drawnWeights(architecture, 2)
      const theirs = renamed(body(architecture, weights), layerOf)
      const classifier = { name: `${head}/kernel`, shape: [1, 1, 8, 1000], values: new Float32Array(8000) }
      const imported = accepted(importWeights(stored([...theirs, classifier]), architecture, null))
      expect(imported).toMatchObject({
        naming: 'Keras',
        species: null,
        remarks: [expect.stringMatching(/head/)],
      })
      expect(imported.tensors.map(({ name, shape }) => ({ name, shape }))).toEqual(
        body(architecture, weights).map(({ name, shape }) => ({ name, shape })),
      )
      expect(sameBits(await vectorOf(imported, architecture, 2, weights), weights)).toBe(true)
      // Nothing was left to the head's vector but the head.
      const others = await vectorOf(imported, architecture, 2, new Float32Array(weights.length))
      expect(others.filter((value) => value === 0).length).toBeLessThan(weights.length / 10)
    },
  )

  it('WT4: norms are folded where the network has none; where it has some, they have to be there', async () => {
    const folded: Architecture = { ...V2, norm: 'none' }
    const weights = drawnWeights(V2, 2, { tiny: true })
    const imported = accepted(importWeights(stored(renamed(body(V2, weights), v2)), folded, null))
    expect(imported.remarks).toEqual([expect.stringMatching(/folded/)])
    const vector = await vectorOf(imported, folded, 2, drawnWeights(folded, 2))
    const image = scaled(photo(33))
    const ofNetwork = features(V2, weights, image)
    expect(deviation(features(folded, vector, image), ofNetwork)).toBeLessThan(1e-5)

    const bare = stored(renamed(body(folded, vector), v2))
    expect(words(importWeights(bare, V2, null))).toMatch(/folded into their convolutions/)
    expect(words(importWeights(bare, folded, null))).toBe('no rejection')
  })
})

describe('names of torchvision', () => {
  /** As torchvision stores what we have: other axes; what its training counts lies beside. */
  function state(
    architecture: Architecture,
    names: Map<string, string>,
    weights: Float32Array,
  ): NamedTensor[] {
    const tensors = body(architecture, weights).map(({ name, shape, values }) => {
      const theirs = names.get(name)
      if (theirs === undefined) throw new Error(`${name} has no name there`)
      if (shape.length !== 4) return { name: theirs, shape, values }
      const [size, , inputs, outputs] = shape as [number, number, number, number]
      const isDepthwise = name.endsWith('depthwise/filter')
      const [o, i] = isDepthwise ? [inputs, 1] : [outputs, inputs]
      const transposed = new Float32Array(values.length)
      for (let at = 0; at < values.length; at++) {
        const place = Math.floor(at / (inputs * outputs))
        const [input, output] = isDepthwise
          ? [0, at % inputs]
          : [Math.floor(at / outputs) % inputs, at % outputs]
        transposed[(output * i + input) * size * size + place] = values[at]!
      }
      return { name: theirs, shape: [o, i, size, size], values: transposed }
    })
    const counters = tensors
      .filter(({ name }) => name.endsWith('running_mean'))
      .map(({ name }) => name.replace('running_mean', 'num_batches_tracked'))
    return [...tensors, ...counters.map((name) => ({ name, shape: [], values: new Float32Array(1) }))]
  }

  it('WT4: MobileNetV2 computes what it computes there: other axes, epsilon, padding and colours', async () => {
    const theirs = state(V2, mobileNetV2Names(), drawnWeights(V2, 2, { tiny: true }))
    const classifier = [
      { name: 'classifier.1.weight', shape: [1000, 1280], values: new Float32Array(1_280_000) },
      { name: 'classifier.1.bias', shape: [1000], values: new Float32Array(1000) },
    ]
    const imported = accepted(importWeights(stored([...theirs, ...classifier]), V2, null))
    expect(imported.naming).toBe('torchvision')
    expect(imported.remarks).toEqual([expect.stringMatching(/97, 129/), expect.stringMatching(/head/)])
    const vector = await vectorOf(imported, V2, 2, drawnWeights(V2, 2))
    const image = photo(33)
    const ours = features(V2, vector, scaled(image))
    const plain = new Map(theirs.map((tensor) => [tensor.name, tensor]))
    // What our zeros are there: grey. With its own border, the mean colour, only the edge is otherwise.
    const grey = [(0.5 - 0.485) / 0.229, (0.5 - 0.456) / 0.224, (0.5 - 0.406) / 0.225]
    expect(deviation(ours, torchFeatures(plain, image, 33, grey))).toBeLessThan(1e-4)
    expect(deviation(ours, torchFeatures(plain, image, 33, [0, 0, 0]))).toBeGreaterThan(1e-3)
    const folded: Architecture = { ...V2, norm: 'none' }
    const bare = accepted(importWeights(stored([...theirs, ...classifier]), folded, null))
    const bareVector = await vectorOf(bare, folded, 2, drawnWeights(folded, 2))
    expect(deviation(features(folded, bareVector, scaled(image)), ours)).toBeLessThan(1e-4)
    // The weights are such that small differences of a picture are seen.
    expect(
      deviation(
        ours,
        features(
          V2,
          vector,
          scaled(image).map((x) => 0.9 * x),
        ),
      ),
    ).toBeGreaterThan(1e-3)
  })

  it('WT4: ResNet-50 has each tensor where it belongs', async () => {
    const weights = drawnWeights(RESNET, 2)
    const theirs = state(RESNET, resNet50Names(), weights)
    const imported = accepted(importWeights(stored(theirs), RESNET, null))
    expect(imported).toMatchObject({ naming: 'torchvision', remarks: [] })
    const vector = await vectorOf(imported, RESNET, 2, weights)
    // The first convolution and its norm's mean are for other colours; epsilon is the same.
    const given = new Map(tensorsIn(RESNET, 2, weights).map((tensor) => [tensor.name, tensor.values]))
    for (const { name, values } of tensorsIn(RESNET, 2, vector)) {
      if (name === 'stem/filter' || name === 'stem/norm/mean')
        expect(values, name).not.toEqual(given.get(name))
      else expect(sameBits(values, given.get(name)!), name).toBe(true)
    }
  })
})

describe('weights that do not fit', () => {
  const weights = drawnWeights(V1, 2)
  const given = body(V1, weights)

  it('WT3: a tensor of another shape is named with both shapes', () => {
    const imported = importWeights(
      stored(body({ ...V1, width: 0.5 }, drawnWeights({ ...V1, width: 0.5 }, 2))),
      V1,
      null,
    )
    expect(words(imported)).toBe(
      'The tensor stem/filter is [3, 3, 3, 16], and here it has to be [3, 3, 3, 8].',
    )
  })

  it('WT3: what is missing and what is left over is named', () => {
    const without = given.filter(({ name }) => name !== 'block3/pointwise/filter')
    expect(words(importWeights(stored(without), V1, null))).toBe('The weights lack block3/pointwise/filter.')
    const more = [...given, { name: 'extra', shape: [1], values: new Float32Array(1) }]
    expect(words(importWeights(stored(more), V1, null))).toBe('The network has no place for extra.')
  })

  it('WT3: names that nobody knows are said, with those that are known', () => {
    const unknown = importWeights(
      stored([{ name: 'a.b', shape: [1], values: new Float32Array(1) }]),
      V2,
      null,
    )
    expect(unknown).toMatchObject({
      message: expect.stringContaining('a.b'),
      action: expect.stringMatching(/Keras.*torchvision/),
    })
  })
})
