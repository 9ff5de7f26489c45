/** Several sessions of one machine, shown as one worker: counts are summed, the rest is the busiest member's. */
import type { Activity } from './activity.ts'
import type { StepShare } from './step-share.ts'

const BUSIEST_FIRST: readonly Activity['state'][] = [
  'computing',
  'sending',
  'fetching',
  'idle',
  'connecting',
  'ended',
]

/** Of all members there were; holes are those that have not told anything yet. */
export function joined(members: readonly Activity[]): Activity {
  const activities = members.filter((activity) => activity !== undefined)
  const here = activities.filter(({ state }) => state !== 'ended')
  const busiest = activities.toSorted(
    (a, b) => BUSIEST_FIRST.indexOf(a.state) - BUSIEST_FIRST.indexOf(b.state),
  )[0]!
  const sum = (count: (activity: Activity) => number) =>
    activities.reduce((total, activity) => total + count(activity), 0)
  return {
    ...busiest,
    backend: here.find(({ backend }) => backend === 'webgpu')?.backend ?? busiest.backend,
    gpu: activities.find(({ gpu }) => gpu !== null)?.gpu ?? null,
    adapter: activities.find(({ adapter }) => adapter !== null)?.adapter ?? null,
    cores: here.length,
    share: jointShare(activities.flatMap(({ share }) => share ?? [])),
    imagesDone: sum((activity) => activity.imagesDone),
    stepsContributed: sum((activity) => activity.stepsContributed),
    bytesDown: sum((activity) => activity.bytesDown),
    bytesUp: sum((activity) => activity.bytesUp),
    imagesPerSecond: here.reduce((total, activity) => total + (activity.imagesPerSecond ?? 0), 0) || null,
  }
}

/** Of all members that are at the step that is furthest on. */
function jointShare(shares: readonly StepShare[]): StepShare | null {
  const latest = shares.reduce<StepShare | null>(
    (best, share) => (best === null || (share.run === best.run && share.step > best.step) ? share : best),
    null,
  )
  if (latest === null) return null
  const own = shares.filter(({ run, step }) => run === latest.run && step === latest.step)
  return {
    ...latest,
    accepted: own.reduce((sum, { accepted }) => sum + accepted, 0),
    inHand: own.reduce((sum, { inHand }) => sum + inHand, 0),
  }
}
