/** Several sessions of one process, shown as one worker: counts are summed, the rest is the busiest member's. */
import type { Activity } from '../session/activity.ts'

const BUSIEST_FIRST: readonly Activity['state'][] = [
  'computing',
  'sending',
  'fetching',
  'idle',
  'connecting',
  'ended',
]

export function joinActivities(
  members: number,
  onActivity: (activity: Activity) => void,
): (member: number, activity: Activity) => void {
  if (members === 1) return (_, activity) => onActivity(activity)
  const latest = new Map<number, Activity>()
  return (member, activity) => {
    latest.set(member, activity)
    onActivity(joined([...latest.values()]))
  }
}

export function joined(activities: Activity[]): Activity {
  const busiest = [...activities].sort(
    (a, b) => BUSIEST_FIRST.indexOf(a.state) - BUSIEST_FIRST.indexOf(b.state),
  )[0]!
  const sum = (count: (activity: Activity) => number) =>
    activities.reduce((total, activity) => total + count(activity), 0)
  return {
    ...busiest,
    imagesDone: sum((activity) => activity.imagesDone),
    stepsContributed: sum((activity) => activity.stepsContributed),
    bytesDown: sum((activity) => activity.bytesDown),
    bytesUp: sum((activity) => activity.bytesUp),
    imagesPerSecond: sum((activity) => activity.imagesPerSecond ?? 0) || null,
  }
}
