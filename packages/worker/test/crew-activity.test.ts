import type { RunId } from '@worldflora/protocol/ids'
import { expect, test } from 'vitest'
import { type Activity, ActivityBoard } from '../src/session/activity.ts'
import { joined } from '../src/session/crew-activity.ts'

function activityOf(change: Partial<Activity>): Activity {
  let shown: Activity | undefined
  new ActivityBoard((activity) => {
    shown = activity
  }).show(change)
  return shown!
}

test('several sessions are shown as one worker: counts summed, the busiest in front', () => {
  const crew = joined([
    activityOf({ state: 'idle', imagesDone: 8, bytesUp: 100 }),
    activityOf({ state: 'computing', imagesDone: 4, bytesUp: 50, imagesPerSecond: 20 }),
  ])
  expect(crew).toMatchObject({ state: 'computing', imagesDone: 12, bytesUp: 150, imagesPerSecond: 20 })
})

test('what the members have of a step is one share', () => {
  const shareOf = (step: number, accepted: number, inHand: number) => ({
    run: 'run-1' as RunId,
    step,
    accepted,
    inHand,
  })
  const crew = joined([
    activityOf({ share: shareOf(3, 2, 1) }),
    activityOf({ share: shareOf(4, 1, 2) }),
    activityOf({}),
    activityOf({ state: 'ended', share: shareOf(4, 5, 0), imagesPerSecond: 20 }),
  ])
  expect(crew).toMatchObject({ share: shareOf(4, 6, 2), cores: 3, imagesPerSecond: null })
})
