import * as tf from '@tensorflow/tfjs-core'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { beforeAll, describe, expect, it } from 'vitest'
import { openInferenceNetwork } from '../../src/architecture/inference-network.ts'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { importWeights } from '../../src/weights/importing.ts'
import { writeSafetensors } from '../../src/weights/safetensors-writing.ts'
import { writeTfjsLayers } from '../../src/weights/tfjs-layers-writing.ts'
import { readWeightsFolder, SPECIES_KEY, speciesOf } from '../../src/weights/weights-folder.ts'
import { drawnWeights, sameBits, tensorsIn, vectorOf } from './drawn-weights.ts'
import { openLayersModel } from './layers-model.mjs'
import { type Files, filesOf, memoryFolder } from './memory-folder.ts'
import { wholeOf } from './whole.ts'

const SPECIES = ['poa-annua', 'bellis perennis', 'Ä']
const metadata = { [SPECIES_KEY]: JSON.stringify(SPECIES) }
const networks: [string, Architecture][] = [
  ['small-cnn', { name: 'small-cnn', width: 0.5, imageSize: 32 }],
  ['small-cnn without norms', { name: 'small-cnn', width: 0.5, imageSize: 32, norm: 'none' }],
  ['mobilenet-v1', { name: 'mobilenet-v1', width: 0.25, imageSize: 32 }],
  ['mobilenet-v2', { name: 'mobilenet-v2', width: 0.25, imageSize: 32 }],
  ['mobilenet-v2 without norms', { name: 'mobilenet-v2', width: 0.25, imageSize: 32, norm: 'none' }],
  ['resnet-50', { name: 'resnet-50', width: 0.125, imageSize: 32 }],
]

beforeAll(() => openBackend('wasm', nodeAssets))

async function* each<T>(all: Iterable<T>): AsyncIterable<T> {
  yield* all
}

const exported = {
  safetensors: async (architecture: Architecture, weights: Float32Array): Promise<Files> => {
    const tensors = tensorsIn(architecture, SPECIES.length, weights)
    return { 'model.safetensors': await wholeOf(writeSafetensors(tensors, tensors, metadata)) }
  },
  tfjs: (architecture: Architecture, weights: Float32Array): Promise<Files> => {
    const tensors = tensorsIn(architecture, SPECIES.length, weights)
    return filesOf(
      writeTfjsLayers({ architecture, classes: SPECIES.length }, tensors, each(tensors), metadata),
    )
  },
}

describe.each(networks)('exported weights of %s', (_, architecture) => {
  const weights = drawnWeights(architecture, SPECIES.length)

  it.each(['safetensors', 'tfjs'] as const)(
    'WT5: as %s are read again bit for bit, species included',
    async (format) => {
      const files = await exported[format](architecture, weights)
      const stored = await readWeightsFolder(memoryFolder(files), 'folder')
      if (isRejection(stored)) throw new Error(stored.message)
      const species = speciesOf(stored)
      if (isRejection(species)) throw new Error(species.message)
      expect(species).toEqual(SPECIES)
      const imported = importWeights(stored, architecture, species)
      if (isRejection(imported)) throw new Error(imported.message)
      expect(imported.species).toEqual(SPECIES)
      expect(imported.remarks).toEqual([])
      const vector = await vectorOf(imported, architecture, SPECIES.length, new Float32Array(weights.length))
      expect(sameBits(vector, weights)).toBe(true)
    },
  )

  it('WT5: as tfjs load in TensorFlow.js itself, and say there what they say here', async () => {
    const files = await exported.tfjs(architecture, weights)
    const size = architecture.imageSize
    const images = Float32Array.from({ length: 2 * size * size * 3 }, (_, i) => Math.sin(i * i))
    const network = openInferenceNetwork(architecture, SPECIES.length, weights)
    const model = await openLayersModel((name) => files[name]!)
    const tensor = tf.tensor4d(images, [2, size, size, 3])
    expect(difference(model.predict(images, size), network.probabilities(tensor).dataSync())).toBeLessThan(
      1e-5,
    )
    const features = network.features(tensor).dataSync() as Float32Array
    const theirs = model.layer('features', images, size)
    expect(difference(theirs, features) / largest(features)).toBeLessThan(1e-5)
    model.dispose()
    network.dispose()
  })
})

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return largest(Array.from(a, (value, i) => value - b[i]!))
}

function largest(values: ArrayLike<number>): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}
