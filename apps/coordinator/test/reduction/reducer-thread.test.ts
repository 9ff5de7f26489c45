import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hashOf } from '@worldflora/protocol/hash'
import type { RunId } from '@worldflora/protocol/ids'
import type { Wire } from '@worldflora/protocol/run-config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startReducerThread } from '../../src/reduction/reducer.thread.ts'
import type { OpenReduction, ReducedStep, Reducer } from '../../src/reduction/reducer.ts'
import { RunReduction } from '../../src/reduction/run-reduction.ts'
import { contributionBytes, must, openingOf, SAMPLES, WIRES } from './fixture.ts'

let reducer: Reducer
beforeAll(() => {
  reducer = startReducerThread((error) => {
    throw error
  })
})
afterAll(() => reducer.close())

async function reduce(run: OpenReduction, tasks: number[]): Promise<ReducedStep> {
  const { runId, step, config } = run
  must(await reducer.open(run))
  await Promise.all(
    tasks.map(async (task) =>
      must(await reducer.add({ runId, step, bytes: contributionBytes(task, config.wire) })),
    ),
  )
  return must(await reducer.closeStep({ runId, step, samples: SAMPLES }))
}

describe.each(WIRES)('the reduction thread on the %s wire', (wire: Wire) => {
  it('RD1: gives the same checkpoint in any order of arrival, and as without a thread', async () => {
    const one = await reduce(openingOf(wire), [0, 1, 2, 3])
    const other = await reduce(openingOf(wire), [3, 1, 0, 2])
    expect(other).toEqual(one)
    expect(one.checkpoint).toBe(hashOf(one.weights))
    const here = must(RunReduction.open(openingOf(wire)))
    for (const task of [2, 0, 3, 1]) must(here.add(0, contributionBytes(task, wire)))
    expect(here.closeStep(0, SAMPLES)).toEqual(one)
  })

  it('CK1: a run that is opened anew at its last checkpoint goes on with the same bits', async () => {
    const first = await reduce(openingOf(wire), [0, 1])
    const runId = openingOf(wire).runId
    for (const task of [4, 5])
      must(await reducer.add({ runId, step: 1, bytes: contributionBytes(task, wire) }))
    const straight = must(await reducer.closeStep({ runId, step: 1, samples: SAMPLES }))
    const { weights, optimizerState } = first
    const resumed = await reduce({ ...openingOf(wire), weights, optimizerState, step: 1 }, [5, 4])
    expect(resumed).toEqual(straight)
    expect(resumed.checkpoint).not.toBe(first.checkpoint)
  })

  it('opening anew drops what had been added', async () => {
    const expected = await reduce(openingOf(wire), [0])
    const run = openingOf(wire)
    must(await reducer.open(run))
    must(await reducer.add({ runId: run.runId, step: 0, bytes: contributionBytes(7, wire) }))
    expect(await reduce(openingOf(wire), [0])).toEqual(expected)
  })
})

it('the means of loss and accuracy are of the step’s samples', async () => {
  const { loss, accuracy, learningRate } = await reduce(openingOf('int8'), [0, 1])
  expect([loss, accuracy, learningRate]).toEqual([40 / SAMPLES, 6 / SAMPLES, 0.5])
})

it('takes one contribution out of a shared buffer, and leaves the rest to its owner', async () => {
  const run = openingOf('int8')
  const bytes = contributionBytes(0, 'int8')
  const shared = new Uint8Array(bytes.byteLength + 16)
  shared.set(bytes, 8)
  must(await reducer.open(run))
  const part = shared.subarray(8, 8 + bytes.byteLength)
  must(await reducer.add({ runId: run.runId, step: 0, bytes: part }))
  expect(shared.byteLength).toBe(bytes.byteLength + 16)
})

it('a run that diverges stays at its step, its sums dropped', async () => {
  // Momentum and gradients are bounded; a rate that carries the update out of every range is not.
  const run = openingOf('float32', { learningRate: 1e36, schedule: 'constant' })
  const { runId } = run
  must(await reducer.open(run))
  must(await reducer.add({ runId, step: 0, bytes: contributionBytes(0, 'float32') }))
  expect(await reducer.closeStep({ runId, step: 0, samples: SAMPLES })).toMatchObject({ code: 'diverged' })
  expect(await reducer.closeStep({ runId, step: 1, samples: SAMPLES })).toMatchObject({ code: 'wrong-step' })
  // Nothing is left of the contribution: an update of nothing is fine at any rate.
  expect(await reducer.closeStep({ runId, step: 0, samples: SAMPLES })).toMatchObject({
    kind: 'updated',
    loss: 0,
  })
})

it('LS2: what is for another step, or for a run it does not hold, is refused', async () => {
  const run = openingOf('int8')
  must(await reducer.open(run))
  const bytes = () => contributionBytes(0, 'int8')
  expect(await reducer.add({ runId: run.runId, step: 1, bytes: bytes() })).toMatchObject({
    code: 'wrong-step',
  })
  const stranger = 'run-2' as RunId
  expect(await reducer.add({ runId: stranger, step: 0, bytes: bytes() })).toMatchObject({
    code: 'run-not-open',
  })
  expect(await reducer.open({ ...run, weights: new Uint8Array(4) })).toMatchObject({
    code: 'malformed-weights',
  })
})

it('answers what was asked before it is closed, and nothing after', async () => {
  const passing = startReducerThread((error) => {
    throw error
  })
  const opened = passing.open(openingOf('int8'))
  await passing.close()
  expect(await opened).toBeNull()
  await expect(passing.open(openingOf('int8'))).rejects.toThrow('closed')
})

it('a thread that dies by a bug is reported once, and leaves nobody waiting', async () => {
  const losses: Error[] = []
  const doomed = startReducerThread((error) => losses.push(error))
  const opened = doomed.open({ ...openingOf('int8'), layout: null as never })
  const closed = doomed.closeStep({ runId: openingOf('int8').runId, step: 0, samples: 1 })
  await expect(opened).rejects.toThrow()
  await expect(closed).rejects.toThrow()
  await expect(doomed.open(openingOf('int8'))).rejects.toThrow()
  await doomed.close()
  expect(losses).toHaveLength(1)
})

it('starts under a plain `node` that has registered tsx itself', async () => {
  const reduction = new URL('../../src/reduction/reducer.thread.ts', import.meta.url)
  const main = `
    const { register } = await import('tsx/esm/api')
    register()
    const { startReducerThread } = await import('${reduction}')
    const reducer = startReducerThread((error) => { throw error })
    console.log((await reducer.closeStep({ runId: 'none', step: 0, samples: 1 })).code)
    await reducer.close()`
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', main], {
    cwd,
  })
  expect(stdout.trim()).toBe('run-not-open')
})
