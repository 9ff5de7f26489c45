import { expect, test } from 'vitest'
import { joined } from '../src/node/crew-activity.ts'
import { type Activity, ActivityBoard } from '../src/session/activity.ts'

function activityOf(change: Partial<Activity>): Activity {
  let shown: Activity | undefined
  new ActivityBoard((activity) => {
    shown = activity
  }).show(change)
  return shown!
}

test('several compute threads are shown as one worker: counts summed, the busiest in front', () => {
  const crew = joined([
    activityOf({ state: 'idle', imagesDone: 8, bytesUp: 100 }),
    activityOf({ state: 'computing', imagesDone: 4, bytesUp: 50, imagesPerSecond: 20 }),
  ])
  expect(crew).toMatchObject({ state: 'computing', imagesDone: 12, bytesUp: 150, imagesPerSecond: 20 })
})
