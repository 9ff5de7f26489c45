import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { hashOf } from '@worldflora/protocol/hash'
import type { RunId } from '@worldflora/protocol/ids'
import { mergePartialSums, parsePartialSum, partialSumOf } from '@worldflora/protocol/partial-sum'
import { isRejection } from '@worldflora/protocol/rejection'
import type { Wire } from '@worldflora/protocol/run-config'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startReducerPool } from '../../src/reduction/reducer.pool.ts'
import type { OpenReduction, ReducedStep, Reducer } from '../../src/reduction/reducer.ts'
import {
  contributionBytes,
  deliver,
  must,
  openingOf,
  parsed,
  received,
  SAMPLES,
  shape,
  UNIT,
  vectorBytes,
  WIRES,
} from './fixture.ts'

const fail = (error: Error): void => {
  throw error
}
let reducer: Reducer
beforeAll(() => {
  reducer = startReducerPool(fail, { threads: 2 })
})
afterAll(() => reducer.close())

async function reduce(run: OpenReduction, tasks: number[], by = reducer): Promise<ReducedStep> {
  const { runId, step, config } = run
  must(await by.open(run))
  const added = tasks.map((task) => deliver(by, run, contributionBytes(task, config.wire), config.wire))
  for (const one of await Promise.all(added)) must(one)
  return must(await by.closeStep({ runId, step, samples: SAMPLES }))
}

it('LC3: opened anew on another wire it sums what that one brings', async () => {
  const narrow = openingOf('int8')
  const wide = { ...openingOf('float32'), runId: 'another-wire' as RunId }
  const expected = await reduce(wide, [0, 1])
  const changed = startReducerPool(fail, { threads: 2 })
  must(await changed.open({ ...narrow, runId: wide.runId }))
  must(await deliver(changed, wide, contributionBytes(3, 'int8'), 'int8'))
  expect(await reduce(wide, [0, 1], changed)).toEqual(expected)
  await changed.close()
})

describe.each(WIRES)('the reduction on the %s wire', (wire: Wire) => {
  it('RD1: gives the same checkpoint in any order of arrival, with any number of threads', async () => {
    const one = await reduce(openingOf(wire), [0, 1, 2, 3])
    expect(await reduce(openingOf(wire), [3, 1, 0, 2])).toEqual(one)
    expect(one.checkpoint).toBe(hashOf(one.weights))
    for (const threads of [1, 4]) {
      const others = startReducerPool(fail, { threads })
      expect(await reduce(openingOf(wire), [2, 0, 3, 1], others)).toEqual(one)
      await others.close()
    }
  })

  it('RD2: the sum of several tasks in one upload gives what they give one by one', async () => {
    const one = await reduce(openingOf(wire), [0, 1, 2, 3])
    const run = openingOf(wire)
    const vectors = [0, 1, 2, 3].map((task) => parsed(vectorBytes(task, wire), wire))
    must(await reducer.open(run))
    must(await deliver(reducer, run, mergePartialSums(vectors.slice(0, 3), 'coded'), wire, 3))
    must(await deliver(reducer, run, partialSumOf(vectors[3]!, 'plain'), wire))
    expect(await reducer.closeStep({ runId: run.runId, step: 0, samples: SAMPLES })).toEqual(one)
  })

  it('CK1: a run that is opened anew at its last checkpoint goes on with the same bits', async () => {
    const first = await reduce(openingOf(wire), [0, 1])
    const runId = openingOf(wire).runId
    for (const task of [4, 5])
      must(await deliver(reducer, { runId, step: 1 }, contributionBytes(task, wire), wire))
    const straight = must(await reducer.closeStep({ runId, step: 1, samples: SAMPLES }))
    const { weights, optimizerState } = first
    const resumed = await reduce({ ...openingOf(wire), weights, optimizerState, step: 1 }, [5, 4])
    expect(resumed).toEqual(straight)
    expect(resumed.checkpoint).not.toBe(first.checkpoint)
  })

  it('LC3: opened anew with other steps it goes on to its new end', async () => {
    const short = { ...openingOf(wire), runId: `${wire}-longer` as RunId, steps: 1 }
    const first = await reduce(short, [0, 1])
    const { weights, optimizerState } = first
    const longer = { ...short, steps: 3, step: 1, weights, optimizerState }
    const [second] = [await reduce(longer, [2, 3])]
    const third = { ...longer, step: 2, weights: second.weights, optimizerState: second.optimizerState }
    expect((await reduce(third, [4, 5])).checkpoint).not.toBe(second.checkpoint)
  })

  it('opening anew drops what had been added', async () => {
    const expected = await reduce(openingOf(wire), [0])
    const run = openingOf(wire)
    must(await reducer.open(run))
    must(await deliver(reducer, run, contributionBytes(7, wire), wire))
    expect(await reduce(openingOf(wire), [0])).toEqual(expected)
  })
})

it('the means of loss and accuracy are of the step’s samples', async () => {
  const { loss, accuracy, learningRate } = await reduce(openingOf('int8'), [0, 1])
  expect([loss, accuracy, learningRate]).toEqual([40 / SAMPLES, 6 / SAMPLES, 0.5])
})

describe('IN1: what a stranger sends', () => {
  const expected = (wire: Wire) => ({ ...shape, wire, unitExponent: UNIT })
  /** Each is said to be malformed, and leaves the sums as they were. */
  const malformed: [string, Wire, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array][] = [
    ['another format', 'int8', (bytes) => changed(bytes, 0, 0)],
    ['of another wire', 'int8', (bytes) => changed(bytes, 4, 1)],
    ['of more tasks than it says', 'int8', (bytes) => changed(bytes, 8, 2)],
    ['cut short', 'int16', (bytes) => bytes.subarray(0, bytes.length - 4)],
    ['too long', 'float32', (bytes) => new Uint8Array([...bytes, 0, 0, 0, 0])],
    ['one task’s contribution as it is', 'float32', () => vectorBytes(5, 'float32')],
  ]

  it.each(malformed)('RS2: %s is refused, and the sums are untouched (%s)', async (_, wire, spoil) => {
    const run = openingOf(wire)
    const expectedStep = await reduce(run, [0, 1])
    must(await reducer.open(run))
    must(await deliver(reducer, run, contributionBytes(0, wire), wire))
    const refused = await deliver(reducer, run, spoil(contributionBytes(5, wire)), wire)
    expect(refused).toMatchObject({ kind: 'rejection', code: 'malformed-partial-sum' })
    must(await deliver(reducer, run, contributionBytes(1, wire), wire))
    expect(await reducer.closeStep({ runId: run.runId, step: 0, samples: SAMPLES })).toEqual(expectedStep)
  })

  /** A flipped bit either is found, or leaves a partial sum of other values: never anything between. */
  it.each(WIRES)(
    'whatever is changed in a partial sum is judged as the parser of the format does (%s)',
    async (wire) => {
      const vectors = [0, 1].map((task) => parsed(vectorBytes(task, wire), wire))
      const whole = (['plain', 'coded'] as const).map((coding) => mergePartialSums(vectors, coding))
      const edit = fc.record({
        coding: fc.constantFrom(0, 1),
        at: fc.nat(),
        value: fc.nat(255),
        // Mostly near the front, where the tables are.
        front: fc.boolean(),
      })
      await fc.assert(
        fc.asyncProperty(edit, async ({ coding, at, value, front }) => {
          const bytes = whole[coding]!.slice()
          bytes[at % (front ? 120 : bytes.length)] = value
          const body = await received(reducer, bytes)
          const judged = await reducer.check(body, expected(wire), 2)
          body.release()
          const header = new DataView(bytes.buffer).getUint32(8, true)
          const parsed = parsePartialSum(bytes, expected(wire), { tasks: 2 })
          expect(judged.kind === 'rejection').toBe(isRejection(parsed) || header !== 2)
        }),
        { numRuns: 400 },
      )
    },
  )

  it('RS2: nothing is added before it is accepted', async () => {
    const run = openingOf('int8')
    const expectedStep = await reduce(run, [0])
    must(await reducer.open(run))
    const bytes = contributionBytes(3, 'int8')
    const body = await received(reducer, bytes)
    expect(await reducer.check(body, expected('int8'), 1)).toMatchObject({ kind: 'checked' })
    body.release()
    must(await deliver(reducer, run, contributionBytes(0, 'int8'), 'int8'))
    expect(await reducer.closeStep({ runId: run.runId, step: 0, samples: SAMPLES })).toEqual(expectedStep)
  })
})

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  bytes[at] = value
  return bytes
}

it('FT13: a run that diverges stays at its step, its sums dropped', async () => {
  // Momentum and gradients are bounded; a rate that carries the update out of every range is not.
  const run = openingOf('float32', { learningRate: 1e36, schedule: 'constant' })
  const { runId } = run
  must(await reducer.open(run))
  must(await deliver(reducer, run, contributionBytes(0, 'float32'), 'float32'))
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
  const bytes = contributionBytes(0, 'int8')
  const { runId } = run
  expect(await deliver(reducer, { runId, step: 1 }, bytes, 'int8')).toMatchObject({ code: 'wrong-step' })
  const stranger = { runId: 'run-2' as RunId, step: 0 }
  expect(await deliver(reducer, stranger, bytes, 'int8')).toMatchObject({ code: 'run-not-open' })
  expect(await reducer.open({ ...run, weights: new Uint8Array(4) })).toMatchObject({
    code: 'malformed-weights',
  })
})

it('answers what was asked before it is closed, and nothing after', async () => {
  const passing = startReducerPool(fail, { threads: 1 })
  const opened = passing.open(openingOf('int8'))
  await passing.close()
  expect(await opened).toBeNull()
  await expect(passing.open(openingOf('int8'))).rejects.toThrow('closed')
})

it('a thread that dies by a bug is reported once, and leaves nobody waiting', async () => {
  const losses: Error[] = []
  const doomed = startReducerPool((error) => losses.push(error), { threads: 2 })
  const opened = doomed.open({ ...openingOf('int8'), weights: null as never })
  const closed = doomed.closeStep({ runId: openingOf('int8').runId, step: 0, samples: 1 })
  await expect(opened).rejects.toThrow()
  await expect(closed).rejects.toThrow()
  await expect(doomed.open(openingOf('int8'))).rejects.toThrow()
  await doomed.close()
  expect(losses).toHaveLength(1)
})

it('starts under a plain `node` that reads TypeScript by our own loader', async () => {
  const reduction = new URL('../../src/reduction/reducer.pool.ts', import.meta.url)
  const typescript = new URL('../../../../tools/typescript.mjs', import.meta.url)
  const main = `
    await import('${typescript}')
    const { startReducerPool } = await import('${reduction}')
    const reducer = startReducerPool((error) => { throw error })
    console.log((await reducer.closeStep({ runId: 'none', step: 0, samples: 1 })).code)
    await reducer.close()`
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', main], {
    cwd,
  })
  expect(stdout.trim()).toBe('run-not-open')
})
