/** Published weights: those of ../shared/weights, where they are. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs-core'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Architecture } from '@worldflora/protocol/run-config'
import { expect, test } from 'vitest'
import { openInferenceNetwork } from '../../src/architecture/inference-network.ts'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { featureCount, initialWeights } from '../../src/parameters.ts'
import { memorySource } from '../../src/weights/byte-source.ts'
import { importWeights } from '../../src/weights/importing.ts'
import { readWeightsFolder } from '../../src/weights/weights-folder.ts'
import { vectorOf } from './drawn-weights.ts'
import { openLayersModel } from './layers-model.mjs'

const SIZE = 96
const MOBILENET_V2: Architecture = { name: 'mobilenet-v2', width: 0.5, imageSize: SIZE, norm: 'none' }

const folder = fileURLToPath(new URL('../../../../../shared/weights/mobilenet-v2-0.50-96/', import.meta.url))
const present = existsSync(folder)

test.skipIf(!present)(
  `WT4: MobileNetV2 0.5 of TF-Hub sees what TensorFlow.js sees with it${present ? '' : ' (skipped: no shared/weights beside the repository)'}`,
  async () => {
    await openBackend('wasm', nodeAssets)
    const file = (name: string) => new Uint8Array(readFileSync(`${folder}${name}`))
    const source = {
      names: async () => ['model.json'],
      open: async (name: string) => memorySource(file(name)),
    }
    const stored = await readWeightsFolder(source, 'weights')
    if (isRejection(stored)) throw new Error(stored.message)
    const imported = importWeights(stored, MOBILENET_V2, null)
    if (isRejection(imported)) throw new Error(imported.message)
    expect(imported).toMatchObject({ naming: 'TF-Slim', species: null, remarks: [] })
    const weights = await vectorOf(imported, MOBILENET_V2, 2, initialWeights(MOBILENET_V2, 2, 1))

    const images = Float32Array.from({ length: 2 * SIZE * SIZE * 3 }, (_, i) => Math.sin(i * i))
    const network = openInferenceNetwork(MOBILENET_V2, 2, weights)
    const ours = tf.tidy(() => network.features(tf.tensor4d(images, [2, SIZE, SIZE, 3])).dataSync())
    const model = await openLayersModel(file)
    const theirs = model.predict(images, SIZE)
    expect(ours.length).toBe(2 * featureCount(MOBILENET_V2))
    expect(theirs.length).toBe(ours.length)
    for (const [i, value] of theirs.entries()) expect(Math.abs(ours[i]! - value)).toBeLessThan(1e-4)
    // Not for nothing: there is something to see.
    expect(Math.max(...theirs)).toBeGreaterThan(1)
    network.dispose()
    model.dispose()

    const asBatch = importWeights(stored, { ...MOBILENET_V2, norm: 'batch' }, null)
    expect(isRejection(asBatch) && asBatch.action).toMatch(/"norm": "none"/)
  },
)
