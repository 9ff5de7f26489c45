/** What stands at an address where nothing is. */
import type { ReactNode } from 'react'
import { PageFrame } from '../design/page-frame.tsx'
import { type Language, pathIn } from '../languages/languages.ts'
import { translatorOf } from '../languages/texts.ts'
import styles from './missing-page.module.css'

export async function MissingPage({ language }: { language: Language }) {
  const t = await translatorOf(language, 'missing')
  const link = (path: string) => (words: ReactNode) => <a href={pathIn(language, path)}>{words}</a>
  return (
    <PageFrame language={language} path={null}>
      <div className={styles.page}>
        <h1>{t('heading')}</h1>
        <p>
          {t.rich('ways', {
            identify: link('/identify'),
            contribute: link('/contribute'),
            dashboard: link('/dashboard'),
          })}
        </p>
      </div>
    </PageFrame>
  )
}
