/** What a volunteer is told of their part in a step, with leases of several tasks that overlap. */
import type { LeaseId } from '@worldflora/protocol/ids'
import type { Lease } from '@worldflora/protocol/messages'
import { expect, test } from 'vitest'
import { ShareCount } from '../src/session/step-share.ts'

const id = (leaseId: string) => leaseId as LeaseId

function lease(leaseId: string, step: number, tasks: number[], of: object = {}): Lease {
  const run = { id: 'run-1' }
  return { leaseId, run, tasks: tasks.map((task) => ({ kind: 'gradient', step, task })), ...of } as never
}

test('WK13: a lease’s tasks are in hand until each of them is answered', () => {
  const count = new ShareCount()
  expect(count.share).toBeNull()
  count.takeUp(lease('a', 4, [0, 1, 2]))
  count.takeUp(lease('b', 4, [3, 4]))
  expect(count.share).toEqual({ run: 'run-1', step: 4, accepted: 0, inHand: 5 })
  count.putDown(id('a'), 0, true)
  count.putDown(id('a'), 1, false)
  count.putDown(id('a'), 1, true)
  expect(count.share).toMatchObject({ accepted: 1, inHand: 3 })
  count.end(id('a'))
  expect(count.share).toMatchObject({ accepted: 1, inHand: 2 })
})

test('WK1: an answer that comes when the next step is in hand already counts for the step before', () => {
  const count = new ShareCount()
  count.takeUp(lease('a', 4, [0, 1]))
  count.takeUp(lease('b', 5, [7]))
  count.putDown(id('a'), 0, true)
  expect(count.share).toEqual({ run: 'run-1', step: 5, accepted: 0, inHand: 1 })
})

test('of two runs at the same step each has its own part; evaluating has none', () => {
  const count = new ShareCount()
  count.takeUp(lease('a', 4, [0]))
  count.putDown(id('a'), 0, true)
  count.takeUp(lease('b', 4, [0], { run: { id: 'run-2' } }))
  expect(count.share).toEqual({ run: 'run-2', step: 4, accepted: 0, inHand: 1 })
  count.takeUp({ ...lease('c', 9, [0]), tasks: [{ kind: 'evaluate', step: 9, task: 0 }] } as never)
  expect(count.share).toMatchObject({ run: 'run-2', step: 4 })
})
