import { reject } from '@worldflora/protocol/rejection'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runNodeWorker } from '../src/node/index.ts'
import { type ScriptedCoordinator, startScriptedCoordinator } from './scripted-coordinator.ts'
import { checkpointAfter, gradientLease, packTinyShard } from './tiny-run.ts'

let coordinator: ScriptedCoordinator

beforeEach(async () => {
  coordinator = await startScriptedCoordinator()
})
afterEach(() => coordinator.close())

test('a Node worker on two cores is two workers to the coordinator, and stops when told', async () => {
  const shard = coordinator.keep(await packTinyShard())
  const checkpoint = checkpointAfter(0, coordinator)
  const stop = new AbortController()
  const images: number[] = []
  const outcome = runNodeWorker({
    url: coordinator.url,
    backend: 'wasm',
    cores: 2,
    signal: stop.signal,
    onActivity: (activity) => images.push(activity.imagesDone),
  })
  await coordinator.requests.next()
  await coordinator.requests.next()
  expect(coordinator.joins.all.map(({ host, identity }) => ({ host, identity }))).toEqual([
    { host: 'node', identity: undefined },
    { host: 'node', identity: undefined },
  ])
  coordinator.script.work = [
    gradientLease('lease-1', checkpoint, shard),
    gradientLease('lease-2', checkpoint, shard),
  ]
  coordinator.announceWork()
  const delivered = [await coordinator.results.next(), await coordinator.results.next()]
  expect(delivered.map(({ leaseId }) => leaseId).sort()).toEqual(['lease-1', 'lease-2'])
  stop.abort()
  expect(await outcome).toEqual({ kind: 'stopped' })
})

test('a Node worker that the coordinator refuses returns its reason', async () => {
  const refusal = reject('protocol-mismatch', 'This coordinator speaks version 2.', 'Update the worker.')
  coordinator.script.join = () => refusal
  const { signal } = new AbortController()
  const outcome = await runNodeWorker({ url: coordinator.url, backend: 'wasm', signal, onActivity: () => {} })
  expect(outcome).toEqual(refusal)
})

test('a Node worker that is stopped before it has begun ends at once', async () => {
  const signal = AbortSignal.abort()
  expect(await runNodeWorker({ url: coordinator.url, signal, onActivity: () => {} })).toEqual({
    kind: 'stopped',
  })
})
