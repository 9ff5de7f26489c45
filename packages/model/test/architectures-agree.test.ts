/**
 * The gradient of each architecture at 32 px on each backend against plain JavaScript. With two images MobileNetV1's deepest
 * maps, 1 x 1, are normalised over two values each, and the network is ill-conditioned: its first gradients change by
 * several percent when the filters change by one unit in the last place. There the yardstick is that change itself;
 * with eight images it is a fixed tolerance. Differences are norms of differences over norms, of all trainable tensors.
 */
import { hashOf } from '@worldflora/protocol/hash'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import type { Architecture } from '@worldflora/protocol/run-config'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../src/backend/index.ts'
import { nodeAssets } from '../src/backend/node-assets.ts'
import { computeGradient, type GradientWork } from '../src/gradient.ts'
import { initialWeights, parameterSpecs } from '../src/parameters.ts'
import { openDecoder } from '../src/photo/index.ts'
import { offerGpu } from './offered-gpu.ts'
import { BIASED, drawTask, MOBILENET, SMALL_CNN, testRun, ZOO } from './test-run.ts'

const CLASSES = 5

// A software Vulkan will do; see the tests of the ops. Without any adapter webgpu is skipped.
const backends = [
  { backend: 'wasm', present: true, tolerances: { smallCnn: 1e-5, mobileNet: 5e-4, ulps: 4 } },
  { backend: 'webgpu', present: await offerGpu(), tolerances: { smallCnn: 1e-4, mobileNet: 5e-3, ulps: 40 } },
] as const

beforeAll(() => openDecoder(nodeAssets))

for (const { backend, present, tolerances } of backends) {
  describe.skipIf(!present)(`gradients on ${backend} agree with plain JavaScript`, () => {
    test(`small-cnn, two images: within ${tolerances.smallCnn}`, async () => {
      const work = await workOf(SMALL_CNN, 2)
      const difference = relativeDifference(await gradientOn(backend, work), await plainGradient(work))
      expect(difference).toBeLessThan(tolerances.smallCnn)
    })

    test.each([...ZOO, BIASED])(
      `$name, norm $norm, eight images: within ${tolerances.mobileNet}`,
      async (architecture) => {
        const work = await workOf(architecture, 8)
        const difference = relativeDifference(await gradientOn(backend, work), await plainGradient(work))
        expect(difference).toBeLessThan(tolerances.mobileNet)
      },
    )

    test(`mobilenet-v1, two images: as close as filters that differ in the last place, times ${tolerances.ulps}`, async () => {
      const work = await workOf(MOBILENET, 2)
      const reference = await plainGradient(work)
      const nudged = await plainGradient({ ...work, weights: nudge(work.weights) })
      const difference = relativeDifference(await gradientOn(backend, work), reference)
      expect(difference).toBeLessThan(tolerances.ulps * relativeDifference(nudged, reference))
    })
  })
}

async function workOf(architecture: Architecture, photos: number): Promise<GradientWork> {
  return {
    config: testRun({ architecture, samplesPerTask: photos }),
    classes: CLASSES,
    weights: initialWeights(architecture, CLASSES, 1),
    photos: await drawTask(photos, CLASSES),
    epoch: 0,
    step: 0,
    task: 0,
  }
}

/** The trainable part of the gradient. */
async function gradientOn(backend: 'wasm' | 'webgpu' | 'cpu', work: GradientWork): Promise<Float32Array> {
  await openBackend(backend, nodeAssets, { softwareAdapter: 'allowed' })
  const { quantised, exact } = layoutOf(parameterSpecs(work.config.architecture, CLASSES))
  return (await computeGradient(work)).subarray(0, quantised + exact)
}

const plain = new Map<string, Promise<Float32Array>>()

/** In plain JavaScript: seconds each, and the same for every backend that is held against it. */
function plainGradient(work: GradientWork): Promise<Float32Array> {
  const { architecture } = work.config
  const key = JSON.stringify([architecture, work.photos.length, hashOf(new Uint8Array(work.weights.buffer))])
  const gradient = plain.get(key) ?? gradientOn('cpu', work)
  plain.set(key, gradient)
  return gradient
}

/** Every seventh weight up by one unit in the last place. */
function nudge(weights: Float32Array): Float32Array {
  return weights.map((weight, i) => (i % 7 === 0 ? weight * (1 + 2 ** -23) : weight))
}

function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  return norm(actual.map((value, i) => value - expected[i]!)) / norm(expected)
}
