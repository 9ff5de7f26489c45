/** What this machine has given so far. */
import type { Activity } from '@worldflora/worker/browser'
import { Facts } from '../design/facts.tsx'
import { bytes, count, rate } from '../words/amounts.ts'
import { backendWords, gpuWords } from './activity-words.ts'
import styles from './contribution.module.css'

export function Sums({ activity, isOn }: { activity: Activity; isOn: boolean }) {
  const pace = activity.imagesPerSecond === null ? null : rate(activity.imagesPerSecond, 'images')
  return (
    <section className={styles.sums} aria-label="Given so far">
      <Facts
        label="Given so far"
        facts={[
          {
            name: 'Images done',
            value: count(activity.imagesDone),
            testId: 'images-done',
            note: isOn ? pace : null,
          },
          { name: 'Pieces accepted', value: count(activity.stepsContributed) },
          {
            name: 'Computing with',
            value: backendWords(activity),
            testId: 'backend',
            note: gpuWords(activity),
          },
          {
            name: 'Data used',
            value: bytes(activity.bytesDown + activity.bytesUp),
            note: `${bytes(activity.bytesDown)} down, ${bytes(activity.bytesUp)} up`,
          },
        ]}
      />
    </section>
  )
}
