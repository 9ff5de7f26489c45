/** A sheet taken from the shelf: its photos, what they could be, when and by which model it was named. */
'use client'

import { useId, useLayoutEffect, useRef } from 'react'
import { Button } from '../../design/button.tsx'
import { Modal } from '../../design/modal.tsx'
import { ScientificName } from '../../design/scientific-name.tsx'
import { SpeciesName } from '../../design/species-name.tsx'
import { useAmounts, useTexts } from '../../languages/use-texts.ts'
import { surenessOf } from '../answer.ts'
import { ScoreBar } from '../score-bar.tsx'
import type { KeptCandidate, KeptSaid, Sheet } from './sheet.ts'
import styles from './sheet-dialog.module.css'
import { SheetName } from './sheet-name.tsx'
import { Thumbnail } from './thumbnail.tsx'
import { useDates } from './use-dates.ts'

export function SheetDialog({
  sheet,
  onClose,
  onDelete,
}: {
  sheet: Sheet
  onClose: () => void
  onDelete: () => void
}) {
  const t = useTexts('history')
  const { moment } = useDates()
  const titleId = useId()
  const title = useRef<HTMLHeadingElement>(null)
  // The first that could have the focus stands below all else, and would be scrolled to.
  useLayoutEffect(() => title.current?.focus(), [])
  const { photos, candidates, begunAtMs, model } = sheet
  return (
    <Modal titleId={titleId} onLeave={onClose}>
      <div className={styles.sheet}>
        <h2 id={titleId} ref={title} tabIndex={-1} className={styles.title}>
          <SheetName sheet={sheet} />
        </h2>
        <ul className={styles.photos}>
          {photos.map(({ jpeg, organ }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: photos have no other identity and never move
            <li key={i}>
              <Thumbnail jpeg={jpeg} alt={t('photo', { number: i + 1 })} />
              <OrganWord organ={organ} />
            </li>
          ))}
        </ul>
        <SaidLine said={sheet.said} />
        <NarrowedWords narrowed={sheet.narrowed} />
        <ol className={styles.candidates} aria-label={t('candidates')}>
          {candidates.map((candidate) => (
            <CandidateRow key={candidate.id} candidate={candidate} />
          ))}
        </ol>
        <div className={styles.origin}>
          <p>
            <time dateTime={new Date(begunAtMs).toISOString()}>{moment(begunAtMs)}</time>
          </p>
          <p>{t('origin', { flora: model.flora, model: model.id })}</p>
        </div>
        <div className={styles.ways}>
          <Button onClick={onClose}>{t('close')}</Button>
          <Button weight="grave" onClick={onDelete}>
            {t('delete')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

function NarrowedWords({ narrowed }: { narrowed: Sheet['narrowed'] }) {
  const t = useTexts('history')
  if (narrowed === null || (narrowed.checklist === null && !narrowed.place)) return null
  return (
    <p data-testid="kept-narrowed">
      {narrowed.checklist === null ? null : t('keptToList', { name: narrowed.checklist })}{' '}
      {narrowed.place ? t('weighedByPlace') : null}
    </p>
  )
}

function SaidLine({ said }: { said: KeptSaid | null }) {
  const t = useTexts('history')
  if (said === null) return null
  if (said.kind === 'none') return <p data-testid="kept-said">{t('saidNone')}</p>
  const { commonName, scientificName } = said
  return (
    <p data-testid="kept-said">
      {t.rich('said', {
        name: () => <SpeciesName commonName={commonName} scientificName={scientificName} />,
      })}
    </p>
  )
}

function OrganWord({ organ }: { organ: string | null }) {
  const t = useTexts('identify')
  const known = organ as 'leaf'
  if (organ === null || !t.has(`organ.${known}`)) return null
  return <p className={styles.organ}>{t(`organ.${known}`)}</p>
}

function CandidateRow({ candidate }: { candidate: KeptCandidate }) {
  const t = useTexts('identify')
  const { percent } = useAmounts()
  const { id, commonName, scientificName, score } = candidate
  return (
    <li className={styles.candidate} data-testid="kept-candidate" data-species={id} data-score={score}>
      <span className={styles.names}>
        {commonName === undefined ? null : <span>{commonName}</span>}
        <span className={styles.scientific}>
          <ScientificName name={scientificName} />
        </span>
      </span>
      <ScoreBar score={score} />
      <span className={styles.score}>
        <span className="number">{percent(score)}</span> · {t(`sureness.${surenessOf(score)}`)}
      </span>
    </li>
  )
}
