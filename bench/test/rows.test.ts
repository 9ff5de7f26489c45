/** Each kind of row has the fields that whoever reads figures asks for, and two runs that differ have rows that differ. */
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { readRecipe, refuseWithoutWeights, runOf } from '../accuracy/recipe.ts'
import { gainRow, phaseRow } from '../accuracy/row.ts'
import { efficiencyRow } from '../efficiency/row.ts'
import { changeOf } from '../platform/change.ts'
import { trainingRow } from '../training/row.ts'

describe('training', () => {
  const order = {
    architecture: { name: 'resnet-50', width: 1, imageSize: 224 },
    batch: 4,
    backend: 'wasm',
  } as const
  const round = (training: number, together: number | null) => ({
    forward: new Map([['node', 4 * training]]),
    training: new Map([['node', training]]),
    torch: { nchw: 10, nhwc: 20 },
    together,
  })
  const measured = {
    order,
    rounds: [round(9, 16), round(10, 18), round(12, 30)],
    adapters: new Map([['node', null]]),
    torch: { blas: 'OpenBLAS', device: 'one thread of the processor' },
    workersTogether: 2,
  }

  test('a row has the medians of one worker, and what two came to under names that say so', () => {
    expect(trainingRow('node', measured)).toEqual({
      architecture: 'resnet-50',
      width: 1,
      imageSize: 224,
      batch: 4,
      backend: 'wasm',
      adapter: null,
      host: 'node',
      forwardPerSecond: 40,
      trainingPerSecond: 10,
      trainingToForward: 0.25,
      ratioToTorch: 0.5,
      torchTrainingPerSecond: 20,
      torchNchwPerSecond: 10,
      torchNhwcPerSecond: 20,
      torchBlas: 'OpenBLAS',
      torchDevice: 'one thread of the processor',
      ratioToNode: null,
      workersTogether: 2,
      togetherPerSecond: 18,
      togetherToOne: 1.8,
    })
  })

  test('without a peer and other workers their fields are null, and a GPU has its name', () => {
    const alone = {
      order: { ...order, backend: 'webgpu' as const },
      rounds: [{ ...round(10, null), torch: null }],
      adapters: new Map([['node', 'google swiftshader']]),
      torch: null,
      workersTogether: 1,
    }
    expect(trainingRow('node', alone)).toMatchObject({
      backend: 'webgpu',
      adapter: 'google swiftshader',
      ratioToTorch: null,
      torchBlas: null,
      workersTogether: null,
      togetherPerSecond: null,
      togetherToOne: null,
    })
  })

  test('a tab beside Node has the ratio to it', () => {
    const rounds = [
      {
        ...round(10, null),
        training: new Map([
          ['node', 10],
          ['chromium', 9],
        ]),
      },
    ]
    rounds[0]!.forward.set('chromium', 36)
    expect(trainingRow('chromium', { ...measured, rounds })).toMatchObject({
      trainingPerSecond: 9,
      trainingToForward: 0.25,
      ratioToNode: 0.9,
      workersTogether: null,
    })
  })
})

test('efficiency: the file and the changes that were really run, and what computed', () => {
  const config = v.parse(RunConfig, {
    name: 'own',
    flora: 'own',
    architecture: { name: 'mobilenet-v1', width: 0.25, imageSize: 96 },
    samplesPerTask: 32,
    tasksPerStep: 2,
    steps: 1,
    optimizer: { name: 'sgd', learningRate: 0.1 },
  })
  const spent = { modelMs: 10, decodeMs: 200, computeMs: 600, encodeMs: 90 }
  const rounds = [
    {
      stretch: { images: 80, ms: 1000, uploadMs: 50, spent },
      bare: { images: 200, ms: 2000, decodeMs: 500 },
    },
  ]
  const of = { config, backend: 'webgpu', adapter: 'nvidia', rounds } as const
  expect(efficiencyRow({ ...of, run: 'own.json', change: changeOf({ wire: 'int16' }) })).toMatchObject({
    run: 'own.json',
    change: '{"wire":"int16"}',
    architecture: 'mobilenet-v1',
    width: 0.25,
    imageSize: 96,
    batch: 64,
    backend: 'webgpu',
    adapter: 'nvidia',
    host: 'node',
    imagesPerSecond: 80,
    loopImagesPerSecond: 100,
    ratioToLoop: 0.8,
    loopDecodeShare: 0.25,
    waitingShare: expect.closeTo(0.1),
  })
})

describe('accuracy', () => {
  const evaluation = {
    step: 1,
    checkpoint: 'a'.repeat(64),
    split: 'test',
    photos: 10,
    top1: 0.5,
    top5: 0.75,
    meanTop1: 0.5,
    observations: { count: 10, top1: 0.625, top5: 0.875 },
  } as unknown as Parameters<typeof phaseRow>[2]

  async function identityOf(
    change: Record<string, unknown>,
    backend: 'deterministic' | 'any' = 'deterministic',
  ) {
    const config = { ...runOf(await readRecipe('transfer', change), 'on', backend), seed: 3 }
    return {
      set: 'wild',
      recipe: 'transfer',
      change: changeOf(change),
      weights: 'v2',
      augmentation: 'on' as const,
      config,
    }
  }

  test('a phase says with what it was measured', async () => {
    expect(phaseRow(await identityOf({}), 0, evaluation, 2)).toEqual({
      set: 'wild',
      recipe: 'transfer',
      change: null,
      weights: 'v2',
      architecture: 'mobilenet-v2',
      width: 0.5,
      imageSize: 96,
      batch: 128,
      crops: 1,
      backend: 'deterministic',
      augmentation: 'on',
      seed: 3,
      phase: 1,
      top1: 0.5,
      top5: 0.75,
      observationTop1: 0.625,
      observationTop5: 0.875,
      minutes: 2,
    })
  })

  test('what was changed is in the row, in its own field and in those that it decides', async () => {
    const of = await identityOf({ evaluation: { crops: 5 }, tasksPerStep: 4 }, 'any')
    expect(phaseRow(of, 1, evaluation, 2)).toMatchObject({
      change: '{"evaluation":{"crops":5},"tasksPerStep":4}',
      batch: 64,
      crops: 5,
      backend: 'any',
      phase: 2,
    })
  })

  test('a gain has the fields that tell the run, as a phase has', async () => {
    const of = await identityOf({})
    const {
      phase: _,
      top1,
      top5,
      observationTop1,
      observationTop5,
      minutes,
      ...identity
    } = phaseRow(of, 1, evaluation, 2)
    expect(gainRow(of, { gain: 0.1, standardError: 0.03 })).toEqual({
      ...identity,
      gain: 0.1,
      gainStandardError: 0.03,
    })
  })

  test('without weights a head is not trained on random features, and other recipes are', async () => {
    const transfer = await readRecipe('transfer', {})
    expect(() => refuseWithoutWeights('transfer', transfer, null)).toThrow('give --weights FOLDER')
    refuseWithoutWeights('transfer', transfer, 'folder')
    refuseWithoutWeights('random', await readRecipe('random', {}), null)
  })

  test('without augmentation there is one view of each photo', async () => {
    const run = runOf(await readRecipe('transfer', {}), 'off', 'deterministic')
    expect(run.augmentation).toEqual({ crop: false, flip: false, color: 0 })
    expect(run.phases!.map(({ views }) => views)).toEqual([undefined, undefined])
  })

  test('a change that no run can have is refused by its name', async () => {
    const recipe = await readRecipe('random', { wire: 'int4' })
    expect(() => runOf(recipe, 'on', 'any')).toThrow('the recipe with --change is not valid: wire')
  })
})
