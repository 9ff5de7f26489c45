/** The seat with real threads: some of them end before they have begun, as a script that did not load does. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { spawnCompute } from '../src/node/spawn-compute.ts'
import { systemClock } from '../src/session/clock.ts'
import type { ComputeThread } from '../src/session/compute-port.ts'
import { ComputeSeat } from '../src/session/compute-seat.ts'
import { must } from './tiny-run.ts'

const WASM = { backend: 'wasm', trial: null } as const

/** A thread whose script throws at once; nobody answers what its compute part is asked. */
function spawnStillborn(): ComputeThread {
  const healthy = spawnCompute()
  void healthy.terminate()
  const thread = new Worker('throw new Error("did not load")', { eval: true })
  const crashed = new Promise<string>((resolve) => thread.once('error', (error) => resolve(String(error))))
  return { compute: healthy.compute, crashed, terminate: async () => void (await thread.terminate()) }
}

test('a thread that dies while it opens is started once more', async () => {
  const spawns = [spawnStillborn, spawnCompute]
  const seat = new ComputeSeat(() => spawns.shift()!(), systemClock)
  expect(must(await seat.open(WASM)).device.backend).toBe('wasm')
  seat.close()
})

test('a second death is told, with its reason', async () => {
  const spawns = [spawnStillborn, spawnStillborn]
  const seat = new ComputeSeat(() => spawns.shift()!(), systemClock)
  await expect(seat.open(WASM)).rejects.toThrow('did not load')
  expect(spawns).toEqual([])
})

test('a thread that was terminated is opened again for the next call; after close nothing is started', async () => {
  let spawned = 0
  const seat = new ComputeSeat(() => {
    spawned++
    return spawnCompute()
  }, systemClock)
  const { device } = must(await seat.open(WASM))
  seat.terminate()
  expect(await seat.call(device, (compute) => compute.heldCheckpoint())).toBeNull()
  expect(spawned).toBe(2)
  seat.close()
  await expect(seat.call(device, (compute) => compute.heldCheckpoint())).rejects.toThrow('gone')
  expect(spawned).toBe(2)
})

/** Of whatever nobody holds. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

test('answers are held by nobody once they are given, however long the thread lives', async () => {
  const seat = new ComputeSeat(spawnCompute, systemClock)
  const { device } = must(await seat.open(WASM))
  const answers: WeakRef<object>[] = []
  for (let n = 0; n < 20; n++) {
    const answer = await seat.call(device, (compute) => compute.photosOf([], 1))
    answers.push(new WeakRef(answer))
  }
  // A WeakRef holds what it was made of until the job that made it is through.
  await new Promise((next) => setImmediate(next))
  collectGarbage()
  const held = answers.filter((answer) => answer.deref() !== undefined)
  expect(held.length).toBeLessThanOrEqual(1)
  seat.close()
})
