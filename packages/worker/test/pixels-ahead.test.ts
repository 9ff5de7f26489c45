/** Photos that are drawn before their task is given: the same pixels, however far it came. */
import { readShard } from '@worldflora/dataset/shard'
import { nodeAssets } from '@worldflora/model/node-assets'
import { openDecoder } from '@worldflora/model/photo'
import { trainingPixels } from '@worldflora/model/training-pixels'
import { hashOf } from '@worldflora/protocol/hash'
import type { GradientTask } from '@worldflora/protocol/messages'
import { beforeAll, expect, test } from 'vitest'
import { PixelsAhead } from '../src/compute/pixels-ahead.ts'
import { must, packTinyShard, run } from './tiny-run.ts'

let photos: { jpeg: Uint8Array }[]
let task: GradientTask

beforeAll(async () => {
  await openDecoder(nodeAssets)
  const bytes = await packTinyShard()
  photos = must(readShard(bytes))
  const entries = [{ shard: hashOf(bytes), bytes: bytes.length, samples: [0, 1, 2, 3] }]
  task = { kind: 'gradient', step: 3, task: 1, epoch: 0, entries }
})

/** `turns`: so often nobody wants the thread. A turn lasts until its chunk is through. */
function spareTime(turns: number) {
  let left = turns
  return { isWanted: () => left-- <= 0, timed: async (work: () => void) => work() }
}

function plainAt(start: number): Float32Array {
  return trainingPixels(
    { config: run.config, epoch: 0, step: 3, task: 1 },
    photos.slice(start, start + 2),
    start,
  )
}

test.each([0, 1, 2])(
  'SD1, WK14: with time for %i chunks, their pixels are those that the task would draw',
  async (turns) => {
    const ahead = new PixelsAhead(Number.POSITIVE_INFINITY)
    await ahead.draw({ run, task }, photos, spareTime(turns))
    const chunks = ahead.take({ run, task })
    for (const start of [0, 2]) {
      const begun = chunks.get(start)
      expect(begun?.drawn ?? 0).toBe(start < 2 * turns ? 2 : 0)
      const chunk = photos.slice(start, start + 2)
      expect(trainingPixels({ config: run.config, ...task }, chunk, start, begun)).toEqual(plainAt(start))
    }
  },
)

test('WK14: it goes on where it was interrupted, and is given to nobody twice', async () => {
  const ahead = new PixelsAhead(Number.POSITIVE_INFINITY)
  await ahead.draw({ run, task }, photos, spareTime(1))
  await ahead.draw({ run, task }, photos, spareTime(1))
  expect([...ahead.take({ run, task })].map(([start, { drawn }]) => [start, drawn])).toEqual([
    [0, 2],
    [2, 2],
  ])
  expect(ahead.take({ run, task }).size).toBe(0)
})

test('WK14: pixels of another place, augmentation or step are never taken for the task’s; those of a step before go', async () => {
  const ahead = new PixelsAhead(Number.POSITIVE_INFINITY)
  await ahead.draw({ run, task }, photos, spareTime(9))
  const changed = { ...run, config: { ...run.config, seed: 8 } }
  expect(ahead.take({ run: changed, task }).size).toBe(0)
  expect(ahead.take({ run, task: { ...task, task: 2 } }).size).toBe(0)
  await ahead.draw({ run, task: { ...task, step: 4 } }, photos, spareTime(9))
  expect(ahead.take({ run, task }).size).toBe(0)
})

test('WK14: there is no more of them than memory is meant for', async () => {
  const ahead = new PixelsAhead(Number.POSITIVE_INFINITY)
  const large = {
    ...run,
    config: { ...run.config, architecture: { ...run.config.architecture, imageSize: 1200 } },
  }
  await ahead.draw({ run: large, task }, photos, spareTime(9))
  expect(ahead.take({ run: large, task }).size).toBe(0)
})
