/** What this machine has given so far. */
import type { Activity } from '@worldflora/worker/browser'
import { Facts } from '../design/facts.tsx'
import { useAmounts, useTexts } from '../languages/use-texts.ts'
import { backendWords, gpuWords } from './activity-words.ts'
import styles from './contribution.module.css'

export function Sums({ activity, isOn }: { activity: Activity; isOn: boolean }) {
  const t = useTexts('contribute')
  const { bytes, count, perSecond } = useAmounts()
  const { imagesPerSecond: speed, bytesDown, bytesUp } = activity
  const pace = speed === null ? null : t('pace', { pace: perSecond(speed) })
  return (
    <section className={styles.sums} aria-label={t('given')}>
      <Facts
        label={t('given')}
        facts={[
          {
            name: t('imagesDone'),
            value: count(activity.imagesDone),
            testId: 'images-done',
            note: isOn ? pace : null,
          },
          { name: t('pieces'), value: count(activity.stepsContributed) },
          {
            name: t('backendName'),
            value: backendWords(t, activity),
            testId: 'backend',
            note: gpuWords(t, activity),
          },
          {
            name: t('data'),
            value: bytes(bytesDown + bytesUp),
            note: t('traffic', { down: bytes(bytesDown), up: bytes(bytesUp) }),
          },
        ]}
      />
    </section>
  )
}
