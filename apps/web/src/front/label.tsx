/** The label of the sheet: what the site's model knows and what it is learning now. */
'use client'

import { useStatus } from '../coordinator/use-status.ts'
import { type Texts, useAmounts, useTexts } from '../languages/use-texts.ts'
import styles from './label.module.css'

const SITE = 'Worldflora'

export function Label() {
  const t = useTexts('front')
  const { percent } = useAmounts()
  const { status, connection } = useStatus()
  const run = status?.runs.find(({ state }) => state === 'running') ?? null
  const flora = run?.flora ?? status?.runs[0]?.flora ?? SITE
  return (
    <section className={styles.label} aria-label={t('now')}>
      <p className={styles.flora}>{flora}</p>
      {status === null ? (
        <p>{connection === 'away' ? t('away') : t('looking')}</p>
      ) : (
        <>
          <p>{status.model === null ? t('noModel') : t('known', { species: status.model.species })}</p>
          <p>{learningWords(t, run !== null, status.workers)}</p>
          {run?.evaluation ? <p>{t('accuracy', { share: percent(run.evaluation.top1) })}</p> : null}
        </>
      )}
    </section>
  )
}

function learningWords(t: Texts<'front'>, isTraining: boolean, machines: number): string {
  if (!isTraining) return t('noTraining')
  return machines === 0 ? t('waiting') : t('learning', { machines })
}
