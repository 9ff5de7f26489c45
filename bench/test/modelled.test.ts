import type { ComputePort } from '@worldflora/worker/session'
import { expect, test } from 'vitest'
import { modelledThread } from '../modelled/compute.ts'
import type { DrawnSums } from '../modelled/contribution.ts'

test('a modelled worker computes one task at a time, although it is given the next while it has another', async () => {
  const computed: { task: number; startedMs: number }[] = []
  const { compute } = modelledThread({
    imagesPerSecond: 1000,
    sums: { digest: 'a digest' } as unknown as DrawnSums,
    coding: null,
    onComputed: ({ task }, startedMs) => void computed.push({ task, startedMs }),
  })
  const request = (task: number) =>
    ({ task: { task, entries: [{ samples: [0, 1, 2, 3, 4] }] } }) as unknown as Parameters<
      ComputePort['gradient']
    >[0]
  await Promise.all([0, 1, 2].map((task) => compute.gradient(request(task), () => {})))
  expect(computed.map(({ task }) => task)).toEqual([0, 1, 2])
  // Of 5 ms each: by the model's own clock, whatever the machine does.
  for (const n of [1, 2]) {
    expect(computed[n]!.startedMs - computed[n - 1]!.startedMs).toBeGreaterThanOrEqual(5 - 1e-6)
  }
})
