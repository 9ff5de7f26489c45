/** RUN.json as a newcomer may write it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  SPECIES_KEY,
  tensorShapes,
  type WrittenFile,
  writeSafetensors,
  writeTfjsLayers,
} from '@worldflora/model/weights'
import { sizeOf } from '@worldflora/protocol/parameter-layout'
import { RunConfig } from '@worldflora/protocol/run-config'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { bringWeights } from '../src/bring-weights.ts'
import { train } from '../src/commands/train.ts'
import type { OperatorClient } from '../src/operator-client.ts'
import { Refused } from '../src/report.ts'
import { readRunFile } from '../src/run-file.ts'
import { remarksOn } from '../src/run-remarks.ts'

const architecture = { name: 'small-cnn', width: 0.25, imageSize: 16 } as const
const SPECIES = ['s0', 's1', 's2']
const run = {
  name: 'meadow',
  flora: 'meadow',
  architecture,
  samplesPerTask: 4,
  tasksPerStep: 3,
  optimizer: { name: 'sgd', learningRate: 0.05 },
}

describe('initialWeights of RUN.json', () => {
  const folder = mkdtempSync(join(tmpdir(), 'worldflora-run-file-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const shapes = tensorShapes(architecture, SPECIES.length)
  const metadata = { [SPECIES_KEY]: JSON.stringify(SPECIES) }
  async function* tensors(seed: number) {
    for (const { name, shape } of shapes)
      yield { name, shape, values: new Float32Array(sizeOf(shape)).map((_, i) => i + seed) }
  }
  const write = async (into: string, { name, bytes }: WrittenFile) => {
    mkdirSync(join(folder, into), { recursive: true })
    const pieces: Uint8Array[] = []
    for await (const piece of bytes) pieces.push(piece)
    writeFileSync(join(folder, into, name), Buffer.concat(pieces))
  }
  const safetensors = (name: string, seed: number) => ({
    name,
    bytes: writeSafetensors(shapes, tensors(seed), metadata),
  })
  beforeAll(async () => {
    await write('safe', safetensors('model.safetensors', 7))
    await write('both', safetensors('first.safetensors', 7))
    await write('both', safetensors('second.safetensors', 8))
    const model = { architecture, classes: SPECIES.length }
    for await (const file of writeTfjsLayers(model, shapes, tensors(7), metadata)) await write('tfjs', file)
    writeFileSync(join(folder, 'resnet50.pth'), 'pickled')
  })

  const read = (wanted: string) => {
    const file = join(folder, 'RUN.json')
    writeFileSync(file, JSON.stringify({ ...run, epochs: 1, initialWeights: wanted }))
    return readRunFile(file)
  }
  const hashOf = async (wanted: string) => {
    const { weights } = await read(wanted)
    if (weights === null || 'named' in weights) throw new Error('it is no path')
    const client = { putBlob: async () => null } as unknown as OperatorClient
    return (await bringWeights(client, weights.path, architecture)).hash
  }
  const refusalOf = async (wanted: string) => {
    const refused = await read(wanted).catch((error: unknown) => error)
    if (refused instanceof Refused) return refused.rejection
    throw new Error('it was taken')
  }

  it('WT1: a folder, its model.json or its .safetensors file are the same weights, whatever lies beside the file', async () => {
    const whole = await hashOf('./safe')
    for (const same of ['safe/model.safetensors', 'both/first.safetensors', 'tfjs', 'tfjs/model.json'])
      expect(await hashOf(same), same).toBe(whole)
    expect(await hashOf('both/second.safetensors')).not.toBe(whole)
  })

  it('WT1: what is there but has no weights is said to be, and what is not is said not to be', async () => {
    expect(await refusalOf('./resnet50.pth')).toMatchObject({
      message: expect.stringMatching(/resnet50\.pth is neither a model\.json nor a \.safetensors file/),
      action: expect.stringContaining('.pth'),
    })
    expect((await refusalOf('./nowhere')).message).toMatch(/there is no folder .*nowhere, nor a file/)
    expect((await read('meadow')).weights).toEqual({ named: 'meadow' })
  })
})

describe('the README', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  const blocks = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(text!))
  const runs = blocks.filter((block) => 'flora' in block)

  it('has a RUN.json of one phase and one of two, which are taken as they stand, without a remark', () => {
    expect(runs.map(({ phases }) => phases?.length)).toEqual([undefined, 2])
    for (const { initialWeights, ...others } of runs) {
      const config = v.parse(RunConfig, others)
      expect(remarksOn({ ...config, ...(initialWeights && { initialWeights }) })).toEqual([])
    }
  })

  it('shows further fields that such a run may have, each by itself', () => {
    const [plain] = runs
    const fields = blocks.filter((block) => !('flora' in block)).flatMap((block) => Object.entries(block))
    expect(fields.length).toBeGreaterThan(4)
    for (const [field, value] of fields)
      expect(v.is(RunConfig, { ...plain, [field]: value }), field).toBe(true)
  })
})

it('train without workers, where no site runs, is refused: nobody would train', async () => {
  const data = mkdtempSync(join(tmpdir(), 'worldflora-no-site-'))
  onTestFinished(() => rmSync(data, { recursive: true, force: true }))
  const file = join(data, 'RUN.json')
  writeFileSync(file, JSON.stringify({ ...run, epochs: 1 }))
  const refused = await train(file, { workers: 0, json: true, data }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Refused)
  expect((refused as Refused).rejection).toMatchObject({
    code: 'no-workers',
    action: expect.stringMatching(/worldflora start.*--workers 1/),
  })
})

describe('what train remarks on', () => {
  const head = { train: 'head', epochs: 1 }
  const all = { train: 'all', epochs: 1 }
  const remarks = (phases: object[], more: object = {}) =>
    remarksOn(v.parse(RunConfig, { ...run, augmentation: { flip: true }, phases, ...more }))

  it('PH2: a head that sees the centre crops alone, as views were left out, and one on random weights', () => {
    expect(remarks([head, all])).toEqual([
      expect.stringMatching(/^Phase 1 .*random weights.*initialWeights/),
      expect.stringMatching(/^Phase 1 .*centre crop.*views/),
    ])
    expect(remarks([all, head])).toEqual([expect.stringMatching(/^Phase 2 .*centre crop/)])
  })

  it('PH2: nothing where both are given, nor of a run without phases', () => {
    const named = { initialWeights: 'meadow' }
    expect(remarks([{ ...head, views: 4 }, all], named)).toEqual([])
    expect(remarks([{ ...head, views: 1 }, all], named)).toEqual([])
    expect(remarksOn(v.parse(RunConfig, { ...run, epochs: 1 }))).toEqual([])
  })
})
