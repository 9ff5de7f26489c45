/** The front page: what this is, three ways in, and a label with what is going on now. */
import { PageFrame } from '../design/page-frame.tsx'
import { type Language, pathIn } from '../languages/languages.ts'
import { PageTexts } from '../languages/page-texts.tsx'
import { translatorOf } from '../languages/texts.ts'
import styles from './front-page.module.css'
import { Label } from './label.tsx'
import { Sprig } from './sprig.tsx'

const WAYS = ['identify', 'contribute', 'dashboard'] as const

export async function FrontPage({ language }: { language: Language }) {
  const t = await translatorOf(language, 'front')
  return (
    <PageFrame language={language} path="/">
      <div className={styles.sheet}>
        <div className={styles.words}>
          <h1 className={styles.title}>{t('title')}</h1>
          <p className={styles.lead}>{t('lead')}</p>
          <ul className={styles.ways}>
            {WAYS.map((way) => (
              <li key={way}>
                <a href={pathIn(language, `/${way}`)} className={styles.way}>
                  <span className={styles.wayName}>{t(`${way}.name`)}</span>
                  <span className={styles.wayWords}>{t(`${way}.words`)}</span>
                </a>
              </li>
            ))}
          </ul>
        </div>
        <div className={styles.specimen}>
          <Sprig label={t('sprig')} />
          <PageTexts language={language} of={['front']}>
            <Label />
          </PageTexts>
        </div>
      </div>
    </PageFrame>
  )
}
