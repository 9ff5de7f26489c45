/** What a volunteer's GPU may do to us: give wrong answers, or go away. A software Vulkan will do; without one this is skipped. */
import { isRejection } from '@worldflora/protocol/rejection'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { spawnThread } from '../src/node/spawn-compute.ts'
import {
  type Activity,
  type ComputeThread,
  type GpuTrial,
  identityInMemory,
  memoryBlobCache,
  type Session,
  startSession,
} from '../src/session/index.ts'
import { type ScriptedCoordinator, startScriptedCoordinator } from './scripted-coordinator.ts'
import type { GpuFault } from './software-gpu-thread.ts'
import { checkpointAfter, gradientLease, must, packTinyShard } from './tiny-run.ts'

function spawn(fault: GpuFault): ComputeThread {
  return spawnThread(new URL('./software-gpu-thread.mjs', import.meta.url), fault)
}

const wishOf = (backend: 'auto' | 'webgpu', trial: GpuTrial | null = null) => ({
  backend,
  golden: false,
  trial,
})

const present = await hasGpu()

async function hasGpu(): Promise<boolean> {
  const { create } = await import('webgpu')
  return (await create([]).requestAdapter()) !== null
}

describe.skipIf(!present)('a GPU that is tried before it trains', () => {
  test('FT18: gives the known answers, and is used; remembered, it is not tried again', async () => {
    const thread = spawn('none')
    const opened = must(await thread.compute.open(wishOf('auto')))
    await thread.terminate()
    expect(opened).toMatchObject({ device: { backend: 'webgpu' }, trial: { verdict: 'used' } })

    const wrong = spawn('wrong')
    const trusted = must(await wrong.compute.open(wishOf('auto', opened.trial)))
    await wrong.terminate()
    expect(trusted).toEqual(opened)
  })

  test('FT18: with one wrong kernel it does not train: the processor does, and who asked for the GPU is told', async () => {
    const thread = spawn('wrong')
    const opened = must(await thread.compute.open(wishOf('auto')))
    expect(opened).toMatchObject({ device: { backend: 'wasm' }, trial: { verdict: 'wrong-answers' } })
    const asked = await thread.compute.open(wishOf('webgpu', opened.trial))
    expect(isRejection(asked) && asked.code).toBe('gpu-unfit')
    await thread.terminate()
  })
})

describe.skipIf(!present)('a GPU at work', () => {
  let coordinator: ScriptedCoordinator
  let session: Session
  let activity: Activity

  beforeEach(async () => {
    coordinator = await startScriptedCoordinator()
  })
  afterEach(async () => {
    await session.stop()
    await coordinator.close()
  })

  async function start(faults: GpuFault[]): Promise<void> {
    const shard = coordinator.keep(await packTinyShard())
    const checkpoint = checkpointAfter(0, coordinator)
    coordinator.script.work = faults.map((_, n) => gradientLease(`lease-${n}`, checkpoint, shard))
    live('auto', faults)
  }

  function live(backend: 'auto' | 'webgpu', faults: GpuFault[]): void {
    session = startSession({
      url: coordinator.url,
      host: 'node',
      backend,
      spawnCompute: () => spawn(faults.shift() ?? 'none'),
      caches: { shards: memoryBlobCache(10_000_000), checkpoints: memoryBlobCache(10_000_000) },
      identity: identityInMemory(),
      onActivity: (now) => {
        activity = now
      },
    })
  }

  test('FT17, WK6: its lease is given back without blame, the device is asked for again, and the next lease is computed on it', async () => {
    await start(['lost', 'none'])
    expect(await coordinator.returns.next()).toMatchObject({ leaseId: 'lease-0', reason: 'stopped' })
    expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-1' })
    expect(coordinator.joins.all.map(({ device }) => device.backend)).toEqual(['webgpu'])
  })

  test('FT17, CN3: lost again and again it is left alone: the same worker joins with its processor, and goes on', async () => {
    await start(['lost', 'lost', 'lost', 'none'])
    for (const leaseId of ['lease-0', 'lease-1', 'lease-2']) {
      expect(await coordinator.returns.next()).toMatchObject({ leaseId, reason: 'stopped' })
    }
    expect(await coordinator.results.next()).toMatchObject({ leaseId: 'lease-3' })
    expect(coordinator.joins.all.map(({ device }) => device.backend)).toEqual(['webgpu', 'wasm'])
    expect(coordinator.joins.all[1]!.identity).toEqual({ workerId: 'worker-1', secret: 'secret-1' })
    expect(activity).toMatchObject({ backend: 'wasm', gpu: 'lost' })
  })

  const idle = (classes: string[]) => ({ kind: 'idle', prefetch: [], classes })

  test('WK15: gives way to the processor where nothing else is taken, and comes back where nothing needs the processor', async () => {
    const told: string[][] = [
      ['any', 'deterministic'],
      ['deterministic'],
      ['deterministic'],
      [],
      ['any'],
      ['any'],
    ]
    coordinator.script.work = told.map(idle)
    live('auto', [])
    const joinedWith = async () => (await coordinator.joins.next()).device.backend
    const hear = async (answers: number) => {
      for (let n = 0; n < answers; n++) {
        await coordinator.requests.next()
        coordinator.announceWork()
      }
    }
    expect(await joinedWith()).toBe('webgpu')
    await hear(2)
    expect(await joinedWith()).toBe('wasm')
    expect(coordinator.joins.all[1]!.identity).toEqual({ workerId: 'worker-1', secret: 'secret-1' })
    await hear(1)
    expect(activity).toMatchObject({ backend: 'wasm', gpu: 'resting' })
    await hear(2)
    expect(await joinedWith()).toBe('webgpu')
    await hear(1)
    expect(activity).toMatchObject({ backend: 'webgpu', gpu: 'used' })
  })

  test('WK15: one that was asked for stays, and says why it idles', async () => {
    coordinator.script.work = [idle(['deterministic'])]
    live('webgpu', [])
    await coordinator.requests.next()
    await vi.waitUntil(() => activity.state === 'idle')
    expect(activity).toMatchObject({ backend: 'webgpu', note: expect.stringMatching(/wasm backend only/) })
  })
})
