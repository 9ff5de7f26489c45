/**
 * How a GPU is used for gradients: read from once a task, the next task given to it meanwhile, nothing left behind. A software
 * Vulkan will do; without any adapter this is skipped.
 */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBackend } from '../../src/backend/index.ts'
import { nodeAssets } from '../../src/backend/node-assets.ts'
import { type EvaluationPhoto, evaluatePhotos } from '../../src/evaluation.ts'
import { extractFeatures } from '../../src/features.ts'
import { answersTo, deviationFrom, TRIAL_CASES, TRIAL_TOLERANCE } from '../../src/gpu-trial.ts'
import { beginGradient, computeGradient, type GradientWork, placeWeights } from '../../src/gradient.ts'
import { initialWeights } from '../../src/parameters.ts'
import { openDecoder } from '../../src/photo/index.ts'
import { offerGpu } from '../offered-gpu.ts'
import { drawTask, testRun } from '../test-run.ts'

const CLASSES = 3
const TINY = { name: 'small-cnn', width: 0.25, imageSize: 16 } as const
const present = await offerGpu()

let work: GradientWork

beforeAll(async () => {
  await openDecoder(nodeAssets)
  work = {
    config: testRun({ architecture: TINY, samplesPerTask: 4, samplesPerChunk: 2 }),
    classes: CLASSES,
    weights: initialWeights(TINY, CLASSES, 1),
    photos: await drawTask(3, CLASSES),
    epoch: 0,
    step: 0,
    task: 0,
  }
})

describe.skipIf(!present)('gradients on a GPU', () => {
  test('a task of several chunks, the last one short, is read from the device once, and agrees with plain JavaScript', async () => {
    await openBackend('cpu', nodeAssets)
    const expected = await computeGradient(work)
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const synchronisations = countSynchronisations()
    const values = await computeGradient(work)
    expect(synchronisations.stop()).toBe(1)
    const scale = Math.max(...expected.map(Math.abs))
    expect(values.length).toBe(expected.length)
    expect(Math.max(...values.map((value, i) => Math.abs(value - expected[i]!))) / scale).toBeLessThan(1e-4)
  })

  test('a task may begin while the one before it is on its way back', async () => {
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const [one, other] = [work, { ...work, photos: work.photos.slice(0, 2) }]
    const alone = [await computeGradient(one), await computeGradient(other)]
    const first = await beginGradient(one)
    const second = await beginGradient(other)
    expect([await first.values, await second.values]).toEqual(alone)
  })

  test('the next photos are decoded while what a network saw in the ones before is on its way back', async () => {
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const { jpeg } = work.photos[0]!
    const material = { architecture: TINY, classes: CLASSES, weights: work.weights }
    const views = { views: 1, augmentation: work.config.augmentation, seed: 1, task: 0 }
    const looks = [
      (photos: EvaluationPhoto[]) => evaluatePhotos({ ...material, photos }),
      (photos: EvaluationPhoto[]) => extractFeatures({ ...material, ...views, photos }),
    ]
    for (const look of looks) {
      const events: string[] = []
      const photos = Array.from({ length: 96 }, (_, n) => ({
        species: 0,
        observation: String(n),
        get jpeg() {
          if (n % 32 === 0) events.push(`decode ${n / 32}`)
          return jpeg
        },
      }))
      const reads = watchReads(() => events.push('read'))
      await look(photos)
      reads.stop()
      expect(events.indexOf('decode 1')).toBeLessThan(events.indexOf('read'))
      expect(events.slice(events.indexOf('decode 2'))).toContain('read')
    }
  })

  test('tasks leave nothing on the device: neither tensors nor buffers grow in number', async () => {
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const placed = placeWeights(TINY, CLASSES, work.weights)
    const photos = work.photos.slice(0, 2)
    const computeTwo = async (task: number) => {
      const begun = [
        await beginGradient({ ...work, placed, photos, task }),
        await beginGradient({ ...work, placed, photos, task: task + 1 }),
      ]
      await Promise.all(begun.map(({ values }) => values))
    }
    for (let task = 0; task < 4; task += 2) await computeTwo(task)
    const before = held()
    // A software GPU takes half a second a task. The counts are exact: what a task left behind would show with the first.
    for (let task = 4; task < 20; task += 2) await computeTwo(task)
    expect(held()).toEqual(before)
    placed.dispose()
  })

  test('FT18: what a GPU is tried with, a sound one gives within rounding, and a wrong one does not', async () => {
    // With and without normalisation; the larger ones take a software GPU half a minute each.
    const cases = TRIAL_CASES.filter(
      ({ architecture: { name, norm } }) => name === 'small-cnn' || norm === 'none',
    )
    expect(cases).toHaveLength(2)
    await openBackend('wasm', nodeAssets)
    const known = await answersTo(cases)
    await openBackend('webgpu', nodeAssets, { softwareAdapter: 'allowed' })
    const answers = await answersTo(cases)
    expect(deviationFrom(known, answers, cases)).toBeLessThan(TRIAL_TOLERANCE / 2)
    for (const part of ['gradient', 'features', 'logits'] as const) {
      const wrong = answers.map((answer) => ({ ...answer, [part]: answer[part].map((value) => -value) }))
      expect(deviationFrom(known, wrong, cases)).toBeGreaterThan(1)
    }
    const broken = answers.map((answer) => ({ ...answer, logits: answer.logits.map(() => Number.NaN) }))
    expect(deviationFrom(known, broken, cases)).toBe(Number.POSITIVE_INFINITY)
  })
})

/** `onRead` whenever something has come from the device. */
function watchReads(onRead: () => void): { stop(): void } {
  const { prototype } = (globalThis as unknown as { GPUBuffer: { prototype: { mapAsync(): Promise<void> } } })
    .GPUBuffer
  const { mapAsync } = prototype
  prototype.mapAsync = async function (...parameters: []) {
    await mapAsync.apply(this, parameters)
    onRead()
  }
  return {
    stop() {
      prototype.mapAsync = mapAsync
    },
  }
}

/** How often anybody waits for the device. */
function countSynchronisations(): { stop(): number } {
  const { GPUBuffer, GPUQueue } = globalThis as unknown as Record<string, { prototype: object }>
  const watched: [object, string][] = [
    [GPUBuffer!.prototype, 'mapAsync'],
    [GPUQueue!.prototype, 'onSubmittedWorkDone'],
  ]
  let count = 0
  const restores = watched.map(([prototype, name]) => {
    const methods = prototype as Record<string, (...parameters: unknown[]) => unknown>
    const method = methods[name]!
    methods[name] = function (...parameters) {
      count++
      return method.apply(this, parameters)
    }
    return () => {
      methods[name] = method
    }
  })
  return {
    stop() {
      for (const restore of restores) restore()
      return count
    },
  }
}

function held(): object {
  const { numTensors, numBytes } = tf.memory()
  const { bufferManager } = tf.backend() as unknown as {
    bufferManager: { getNumUsedBuffers(): number; getNumFreeBuffers(): number; numBytesAllocated: number }
  }
  return {
    numTensors,
    numBytes,
    used: bufferManager.getNumUsedBuffers(),
    free: bufferManager.getNumFreeBuffers(),
    allocated: bufferManager.numBytesAllocated,
  }
}
