import * as tf from '@tensorflow/tfjs-core'
import { layoutOf, valuesOf } from '@worldflora/protocol/parameter-layout'
import { RandomStream } from '@worldflora/protocol/random'
import type { Architecture } from '@worldflora/protocol/run-config'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Convolution } from '../src/architecture/layer.ts'
import { describeNetwork } from '../src/architecture/network.ts'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { plantScoreOf } from '../src/calibration/index.ts'
import { evaluatePhotos } from '../src/evaluation.ts'
import { activate, convolve, dense, globalAveragePool, maxPool } from '../src/ops/index.ts'
import { featureCount, initialWeights, parameterSpecs, tensorName } from '../src/parameters.ts'
import { type CropCount, placeCrops } from '../src/photo/crops.ts'
import { decodeJpeg, openDecoder, placeCentre, type Rgb } from '../src/photo/index.ts'
import { bestOf, createPredictor, fuse, rankOf } from '../src/prediction.ts'
import { drawPixels } from './drawn-photos.ts'
import { BIASED, drawTask, MOBILENET, SMALL_CNN, ZOO } from './test-run.ts'

const CLASSES = 8

beforeAll(async () => {
  await openBackend('wasm', nodeAssets)
  await openDecoder(nodeAssets)
})

/** Weights as after some training: statistics, scales and offsets are no longer 1 and 0. */
function livedInWeights(architecture: Architecture): Float32Array {
  const weights = initialWeights(architecture, CLASSES, 5)
  const random = new RandomStream(5, 'dropout')
  for (const entry of layoutOf(parameterSpecs(architecture, CLASSES)).entries) {
    if (entry.spec.shape.length > 1) continue
    const values = valuesOf(entry, weights)
    for (let i = 0; i < values.length; i++) values[i]! += 0.4 * random.uniform()
  }
  return weights
}

describe('inference', () => {
  test.each([SMALL_CNN, ...ZOO, BIASED])(
    '$name, norm $norm, answers in one pass a layer as layer by layer, within 1e-4',
    async (architecture) => {
      const weights = livedInWeights(architecture)
      const photo = drawPixels({ species: 3, seed: 1, width: 60, height: 50 })
      const predictor = createPredictor({ architecture, classes: CLASSES, weights })
      const [answer] = await predictor.predict([photo])
      predictor.dispose()
      const expected = layerByLayer(architecture, weights, photo)
      for (const [species, probability] of expected.entries()) {
        expect(Math.abs(answer![species]! - probability)).toBeLessThan(1e-4)
      }
      expect(answer!.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5)
    },
  )

  test('CA1: with a temperature scores are those of the logits over it; CA3, CA4: heads read the same pass', async () => {
    const weights = livedInWeights(SMALL_CNN)
    const photo = drawPixels({ species: 3, seed: 1, width: 60, height: 50 })
    const plain = createPredictor({ architecture: SMALL_CNN, classes: CLASSES, weights })
    const [bare] = await plain.look([photo])
    plain.dispose()
    expect([bare!.plant, bare!.organs.length]).toEqual([null, 0])
    const bias = (value: number) =>
      Float32Array.from({ length: featureCount(SMALL_CNN) + 1 }, (_, i) =>
        i === featureCount(SMALL_CNN) ? value : 0,
      )
    const calibrated = createPredictor({
      architecture: SMALL_CNN,
      classes: CLASSES,
      weights,
      temperature: 2,
      heads: { plant: bias(-3), organs: [bias(0), bias(Math.log(3))] },
    })
    const [look] = await calibrated.look([photo])
    calibrated.dispose()
    // The half power of what it was, brought to a sum of 1.
    const roots = bare!.scores.map(Math.sqrt)
    const sum = roots.reduce((total, root) => total + root, 0)
    for (const [species, root] of roots.entries()) expect(look!.scores[species]).toBeCloseTo(root / sum, 5)
    expect(look!.plant).toBe(-3)
    expect([...look!.organs].map((score) => score.toFixed(4))).toEqual(['0.2500', '0.7500'])
    expect(plantScoreOf([look!, { plant: 1 }])).toBe(1)
  })

  test('a photo gets the same answer alone and in company, and nothing is left behind', async () => {
    const weights = livedInWeights(MOBILENET)
    const before = tf.memory().numTensors
    const kept = weights.slice()
    const predictor = createPredictor({ architecture: MOBILENET, classes: CLASSES, weights })
    const photos = [0, 1, 2].map((species) => drawPixels({ species, seed: 1, width: 50, height: 60 }))
    const together = await predictor.predict(photos)
    expect(await predictor.predict([photos[1]!])).toEqual([together[1]])
    expect(await predictor.predict([])).toEqual([])
    predictor.dispose()
    expect(tf.memory().numTensors).toBe(before)
    expect(weights).toEqual(kept)
  })
})

describe('evaluation', () => {
  test('a row a photo, in order; the fused rank on the first photo of each observation, over batch borders too', async () => {
    const drawn = await drawTask(70, CLASSES)
    // Three photos to a plant, the last plant has one; the eleventh plant straddles the first two batches of 32.
    const photos = drawn.map(({ jpeg }, i) => {
      const plant = Math.floor(i / 3)
      return { jpeg, species: plant % CLASSES, observation: `plant-${plant}` }
    })
    const model = { architecture: SMALL_CNN, classes: CLASSES, weights: livedInWeights(SMALL_CNN) }
    const progress: number[] = []
    const { photos: rows } = await evaluatePhotos({
      ...model,
      photos,
      onProgress: (images) => progress.push(images),
    })
    expect(progress).toEqual([32, 64, 70])

    const predictor = createPredictor(model)
    const answers = await predictor.predict(photos.map(({ jpeg }) => decodeJpeg(jpeg) as Rgb))
    predictor.dispose()
    for (const [i, row] of rows.entries()) {
      const { species, observation } = photos[i]!
      const answer = answers[i]!
      expect(row).toMatchObject({
        species,
        observation,
        rank: rankOf(species, answer),
        best: bestOf(answer, 5),
      })
      expect(row.probability).toBe(answer[species])
      const whole = answers.slice(i, i + 3)
      const fused = i % 3 === 0 ? fuse(whole) : undefined
      expect(row.fused).toEqual(
        fused && {
          rank: rankOf(species, fused),
          probability: fused[species],
          best: bestOf(fused, 5),
        },
      )
    }
    expect(rows.some(({ rank, fused }) => fused !== undefined && fused.rank !== rank)).toBe(true)
  })
})

describe('several crops of a photo', () => {
  const size = 16
  const length = size * size * 3
  const photo = drawPixels({ species: 2, seed: 1, width: 40, height: 30 })
  function cropsOf(count: CropCount): Float32Array[] {
    const out = new Float32Array(count * length)
    placeCrops(photo, size, count, out)
    return Array.from({ length: count }, (_, n) => out.slice(n * length, (n + 1) * length))
  }

  test('EV1: are the centre crop, the four corners, and with ten all of them mirrored', () => {
    const centre = new Float32Array(length)
    placeCentre(photo, size, centre)
    expect(cropsOf(1)).toEqual([centre])
    const five = cropsOf(5)
    expect(five[0]).toEqual(centre)
    expect(new Set(five.map((crop) => crop.join())).size).toBe(5)
    const ten = cropsOf(10)
    expect(ten.slice(0, 5)).toEqual(five)
    for (const [n, crop] of five.entries()) {
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const [here, there] = [(y * size + x) * 3, (y * size + size - 1 - x) * 3]
          expect(ten[n + 5]!.subarray(there, there + 3)).toEqual(crop.subarray(here, here + 3))
        }
      }
    }
  })

  test('EV1: a photo’s answer is the mean of its crops’, whatever it is evaluated beside', async () => {
    const model = { architecture: SMALL_CNN, classes: CLASSES, weights: livedInWeights(SMALL_CNN) }
    const photos = await drawTask(9, CLASSES)
    const before = tf.memory().numTensors
    const { photos: rows } = await evaluatePhotos({ ...model, photos, crops: 5 })
    expect(tf.memory().numTensors).toBe(before)
    const alone = await evaluatePhotos({ ...model, photos: photos.slice(6, 7), crops: 5 })
    expect(alone.photos[0]).toMatchObject({ rank: rows[6]!.rank, best: rows[6]!.best })
    const once = await evaluatePhotos({ ...model, photos })
    expect(once.photos.map(({ probability }) => probability)).not.toEqual(
      rows.map(({ probability }) => probability),
    )
    const predictor = createPredictor({ ...model, crops: 10 })
    const [answer] = await predictor.predict([decodeJpeg(photos[0]!.jpeg) as Rgb])
    predictor.dispose()
    expect(answer!.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 5)
  })
})

function layerByLayer(architecture: Architecture, weights: Float32Array, photo: ImageData): Float32Array {
  const size = architecture.imageSize
  const layout = layoutOf(parameterSpecs(architecture, CLASSES))
  const tensor = <T extends tf.Tensor>(name: string): T => {
    const entry = layout.entries.find(({ spec }) => spec.name === name)!
    return tf.tensor(valuesOf(entry, weights).slice(), [...entry.spec.shape]) as T
  }
  return tf.tidy(() => {
    const pixels = new Float32Array(size * size * 3)
    placeCentre(photo, size, pixels)
    let maps = tf.tensor4d(pixels, [1, size, size, 3])
    let features: tf.Tensor2D | undefined
    const convolved = (x: tf.Tensor4D, layer: Convolution): tf.Tensor4D => {
      const linear = convolve(x, tensor(tensorName.filter(layer)), layer)
      return activate(ended(linear, layer, tensor), layer.activation)
    }
    for (const layer of describeNetwork(architecture, CLASSES).layers) {
      if (layer.kind === 'conv' || layer.kind === 'depthwise-conv') maps = convolved(maps, layer)
      if (layer.kind === 'residual') {
        const [branch, shortcut] = [layer.branch, layer.shortcut].map((each) => each.reduce(convolved, maps))
        maps = activate(tf.add(branch!, shortcut!), layer.activation)
      }
      if (layer.kind === 'max-pool') maps = maxPool(maps, layer)
      if (layer.kind === 'global-average-pool') features = globalAveragePool(maps)
      if (layer.kind === 'dense') {
        features = dense(features!, tensor(tensorName.weights(layer)), tensor(tensorName.bias(layer)))
      }
    }
    return tf.softmax(features!).dataSync() as Float32Array
  })
}

/** A convolution's output with its bias, or normalised by running statistics. */
function ended(
  maps: tf.Tensor4D,
  layer: Convolution,
  tensor: <T extends tf.Tensor>(name: string) => T,
): tf.Tensor4D {
  const { norm } = layer
  if (norm === null) return tf.add(maps, tensor<tf.Tensor1D>(tensorName.bias(layer)))
  const [scale, offset, mean, variance] = (['scale', 'offset', 'mean', 'variance'] as const).map((part) =>
    tensor<tf.Tensor1D>(tensorName[part](norm)),
  )
  return tf.batchNorm(maps, mean!, variance!, offset!, scale!, norm.epsilon)
}
