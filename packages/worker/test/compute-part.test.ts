/** The compute part, in this thread and across the border of a worker thread. */

import { readFeatureShard } from '@worldflora/dataset/feature-shard'
import { GOLDEN_HASH } from '@worldflora/model/golden-hash'
import { nodeAssets } from '@worldflora/model/node-assets'
import { featureCount } from '@worldflora/model/parameters'
import { hashOf } from '@worldflora/protocol/hash'
import type { Hash, LeaseId } from '@worldflora/protocol/ids'
import type { EvaluateTask, ExtractFeaturesTask, GradientTask } from '@worldflora/protocol/messages'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ComputePart } from '../src/compute/compute-part.ts'
import { spawnCompute } from '../src/node/spawn-compute.ts'
import type { BackendChoice, ComputePort, ComputeThread } from '../src/session/compute-port.ts'
import { must, packTinyShard, run, trace } from './tiny-run.ts'

const steps = trace(2)
const target = hashOf(steps.weights)
const deltas = () => steps.deltas.map(({ bytes }) => bytes.slice())
const wishOf = (backend: BackendChoice, golden: boolean) => ({ backend, golden, trial: null })
let shardBytes: Uint8Array
let shard: Hash
let thread: ComputeThread

beforeAll(async () => {
  shardBytes = await packTinyShard()
  shard = hashOf(shardBytes)
  thread = spawnCompute()
})
afterAll(() => thread.terminate())

function gradientTask(task: number): GradientTask {
  return {
    kind: 'gradient',
    step: 2,
    task,
    epoch: 0,
    entries: [{ shard, bytes: shardBytes.length, samples: [0, 1, 2, 3] }],
  }
}

async function load(compute: ComputePort): Promise<void> {
  must(await compute.loadCheckpoint({ run, checkpoint: target, base: steps.base.slice(), deltas: deltas() }))
  must(await compute.loadShard(shard, shardBytes.slice()))
}

describe('the compute part', () => {
  test('SD2: opens WASM and proves its class by the golden task', async () => {
    expect(await thread.compute.open(wishOf('wasm', true))).toEqual({
      device: { backend: 'wasm', goldenHash: GOLDEN_HASH },
      trial: null,
    })
  })

  test('auto falls back to WASM where there is no real GPU, and WebGPU asked for says that there is none', async () => {
    const opened = must(await thread.compute.open(wishOf('auto', false)))
    if (opened.trial !== null) return // A machine with a GPU.
    expect(opened.device).toEqual({ backend: 'wasm' })
    expect(await thread.compute.open(wishOf('webgpu', false))).toMatchObject({ code: 'no-gpu' })
  })

  test('SD1: a task gives the same contribution in any thread, and another task another', async () => {
    await thread.compute.open(wishOf('wasm', false))
    await load(thread.compute)
    const here = new ComputePart({ assets: nodeAssets, offerGpu: async () => {} })
    must(await here.open(wishOf('wasm', false)))
    await load(here)
    const progress: number[] = []
    const leaseId = 'lease-1' as LeaseId
    const request = { leaseId, run, checkpoint: target, task: gradientTask(0) }
    const there = must(await thread.compute.gradient(request, (images) => progress.push(images)))
    expect(must(await here.gradient(request, () => {}))).toBe(there)
    const of = { leaseId, tasks: [0], coding: 'coded' as const }
    const sum = must(await thread.compute.sum(of))
    expect(Buffer.from(sum).equals(must(await here.sum(of)))).toBe(true)
    expect(progress).toEqual([2, 4])
    const other = must(await here.gradient({ ...request, task: gradientTask(1) }, () => {}))
    expect(other).not.toBe(there)
  })

  test('SD1: what was drawn ahead, all of it or a part, changes no bit; a photo that cannot be drawn fails nothing yet', async () => {
    const here = new ComputePart({ assets: nodeAssets, offerGpu: async () => {} })
    must(await here.open(wishOf('wasm', false)))
    await load(here)
    const leaseId = 'lease-1' as LeaseId
    const request = { leaseId, run, checkpoint: target, task: gradientTask(0) }
    const plain = must(await here.gradient(request, () => {}))
    await here.prepare({ run, task: gradientTask(1) })
    await here.prepare({ run, task: gradientTask(0) })
    expect(must(await here.gradient(request, () => {}))).toBe(plain)
    const drawing = here.prepare({ run, task: gradientTask(0) })
    expect(must(await here.gradient(request, () => {}))).toBe(plain)
    await drawing
    const damaged = await packTinyShard(2)
    must(await here.loadShard(hashOf(damaged), damaged.slice()))
    const task = gradientTask(0)
    task.entries[0]!.shard = hashOf(damaged)
    await here.prepare({ run, task })
    await expect(here.gradient({ ...request, task }, () => {})).rejects.toThrow('photo 2')
  })

  test('evaluates: one row a photo, in the order of the task', async () => {
    const { kind: _, epoch: __, ...rest } = gradientTask(0)
    const task: EvaluateTask = { kind: 'evaluate', split: 'val', ...rest }
    const result = must(await thread.compute.evaluate({ run, checkpoint: target, task }, () => {}))
    expect(result.photos.map(({ observation }) => observation)).toEqual([
      'plant 0',
      'plant 1',
      'plant 2',
      'plant 3',
    ])
  })

  test('SD2, FE1: features are the same bits in any thread: one vector of halves a photo', async () => {
    const { kind: _, epoch: __, ...rest } = gradientTask(0)
    const task: ExtractFeaturesTask = { kind: 'extract-features', split: 'train', views: 1, ...rest }
    const there = must(await thread.compute.features({ run, checkpoint: target, task }, () => {}))
    const here = new ComputePart({ assets: nodeAssets, offerGpu: async () => {} })
    must(await here.open(wishOf('wasm', false)))
    await load(here)
    expect(must(await here.features({ run, checkpoint: target, task }, () => {}))).toEqual(there)
    const shard = must(readFeatureShard(there))
    expect(shard).toMatchObject({ views: 1, dims: featureCount(run.config.architecture) })
    expect(shard.labels).toHaveLength(4)
  })

  test('refuses weights that do not come out as their checkpoint, and then holds none', async () => {
    const [first] = deltas()
    const parts = { run, checkpoint: target, base: steps.base.slice(), deltas: [first!] }
    expect(await thread.compute.loadCheckpoint(parts)).toMatchObject({ code: 'checkpoint-mismatch' })
    expect(await thread.compute.heldCheckpoint()).toBeNull()
    const orphans = { run, checkpoint: target, base: null, deltas: deltas() }
    expect(await thread.compute.loadCheckpoint(orphans)).toMatchObject({ code: 'checkpoint-mismatch' })
    expect(
      await thread.compute.gradient(
        { leaseId: 'lease-2' as LeaseId, run, checkpoint: target, task: gradientTask(0) },
        () => {},
      ),
    ).toMatchObject({
      code: 'checkpoint-missing',
    })
  })

  test('refuses what is no shard, and a sample that its shard does not have', async () => {
    const junk = new Uint8Array(2000).fill(1)
    expect(await thread.compute.loadShard(hashOf(junk), junk)).toMatchObject({ code: 'invalid-shard' })
    await load(thread.compute)
    const task = gradientTask(0)
    task.entries[0]!.samples = [9]
    expect(
      await thread.compute.gradient(
        { leaseId: 'lease-2' as LeaseId, run, checkpoint: target, task },
        () => {},
      ),
    ).toMatchObject({
      code: 'no-such-sample',
    })
  })

  test('keeps the shards of the task at hand, and forgets the oldest of the others', async () => {
    const shards = Array.from({ length: 8 }, (_, i) => hashOf(new Uint8Array([i])))
    for (const hash of shards) must(await thread.compute.loadShard(hash, shardBytes.slice()))
    const [oldest] = shards
    expect(await thread.compute.missingShards([oldest!])).toEqual([])
    expect(await thread.compute.missingShards([shards[1]!])).toEqual([shards[1]])
    expect(await thread.compute.missingShards([oldest!])).toEqual([])
  })
})
