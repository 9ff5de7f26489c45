/** The small line that says where the answer comes from, and whether that works without a network. */
import { type Texts, useTexts } from '../languages/use-texts.ts'
import { type SiteKept, useSiteKept } from '../offline/use-site-kept.ts'
import styles from './device-line.module.css'
import type { ModelState } from './use-identifier.ts'

/** `isCalm`: the visitor waits for nothing. `given`: so many photos of this plant were given to the site. */
export function DeviceLine({ model, isCalm, given }: { model: ModelState; isCalm: boolean; given: number }) {
  const t = useTexts('identify')
  const site = useSiteKept(isCalm)
  const opened = model.kind === 'open' ? model.model : null
  return (
    <div className={styles.line}>
      <p>
        {opened === null
          ? t('willCompute')
          : `${given > 0 ? t('computedGiven', { photos: given }) : t('computed')} ${t('knows', { species: opened.species, flora: opened.flora })}`}
      </p>
      <p role="status">
        {opened?.kept && site === 'kept' ? (
          <span className={styles.ready} data-testid="offline-ready">
            <svg
              viewBox="0 0 16 16"
              width="14"
              height="14"
              aria-hidden="true"
              fill="none"
              stroke="currentColor"
            >
              <path d="M2.5 8.5l3.5 3.5 7.5-8" strokeWidth="2" strokeLinecap="round" />
            </svg>
            {t('offlineReady')}
          </span>
        ) : (
          waitingWords(t, opened?.kept ?? null, site)
        )}
      </p>
    </div>
  )
}

/** `kept`: whether the model is; null before it is open. */
function waitingWords(t: Texts<'identify'>, kept: boolean | null, site: SiteKept): string {
  if (site === 'impossible') return t('offlineNever')
  if (kept === null) return ''
  if (!kept) return t('offlineFull')
  return t('offlineSoon')
}
