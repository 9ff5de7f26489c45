/** The small line that says where the answer comes from, and whether that works without a network. */
import { useSiteKept } from '../offline/use-site-kept.ts'
import { counted } from '../words/amounts.ts'
import styles from './device-line.module.css'
import type { ModelState } from './use-identifier.ts'

export function DeviceLine({ model }: { model: ModelState }) {
  const site = useSiteKept()
  const opened = model.kind === 'open' ? model.model : null
  return (
    <div className={styles.line}>
      <p>
        {opened === null
          ? 'Photos are looked at on this device; nothing is sent.'
          : `Computed on this device, nothing was sent. ${knowsWords(opened.flora, opened.species)}`}
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
            Ready to use without a network
          </span>
        ) : (
          waitingWords(opened?.kept ?? null, site)
        )}
      </p>
    </div>
  )
}

function knowsWords(flora: string, species: number): string {
  return `This model knows ${counted(species, 'species', 'species')} of the flora ${flora}.`
}

/** `kept`: whether the model is; null before it is open. */
function waitingWords(kept: boolean | null, site: 'keeping' | 'kept' | 'impossible'): string {
  if (site === 'impossible')
    return 'Over plain http browsers keep nothing: this page needs the network each time.'
  if (kept === null) return ''
  if (!kept) return 'There is no room on this device to keep the model for use without a network.'
  return 'Getting ready for use without a network …'
}
