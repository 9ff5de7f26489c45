/** The answer as a herbarium sheet's label: the best match large, the others as rows. */

import type { Species } from '@worldflora/protocol/http'
import type { ReactNode } from 'react'
import { ScientificName } from '../design/scientific-name.tsx'
import { useAmounts, useLanguage, useTexts } from '../languages/use-texts.ts'
import {
  type Answer,
  type Candidate,
  isKinAnswer,
  isShortlistAnswer,
  isSpeciesAnswer,
  isUnsure,
  surenessOf,
} from './answer.ts'
import styles from './answer-sheet.module.css'
import { commonNameOf } from './common-name.ts'
import { ScoreBar } from './score-bar.tsx'

export function AnswerSheet({ answer, nth }: { answer: Answer; nth: number }) {
  const t = useTexts('identify')
  const { percent } = useAmounts()
  const { candidates, kin, shortlist } = answer
  return (
    <section
      className={styles.sheet}
      aria-label={t('answer')}
      aria-live="polite"
      data-testid="answer"
      data-answer={nth}
    >
      {isUnsure(answer) ? (
        <div className={styles.unsure}>
          <h2>{t('unsureTitle')}</h2>
          <p>{t('unsureWords')}</p>
        </div>
      ) : null}
      {isKinAnswer(answer) && kin !== null ? (
        <p className={styles.kin} data-testid="kin">
          {t.rich(kin.rank === 'genus' ? 'genus' : 'family', {
            kin: kin.name,
            share: percent(kin.score),
            // Botany writes genera in italics, families upright.
            name: (words: ReactNode) =>
              kin.rank === 'genus' ? <i lang="la">{words}</i> : <span lang="la">{words}</span>,
          })}
        </p>
      ) : null}
      {isShortlistAnswer(answer) ? (
        <p className={styles.kin} data-testid="shortlist">
          {t('shortlist', { species: shortlist! })}
        </p>
      ) : null}
      <ol className={styles.candidates}>
        {candidates.map((candidate, i) => (
          <CandidateRow
            key={candidate.species.id}
            candidate={candidate}
            shape={i === 0 && isSpeciesAnswer(answer) ? 'best' : 'other'}
          />
        ))}
      </ol>
    </section>
  )
}

function CandidateRow({ candidate, shape }: { candidate: Candidate; shape: 'best' | 'other' }) {
  const t = useTexts('identify')
  const { percent } = useAmounts()
  const { species, score } = candidate
  const sureness = surenessOf(score)
  return (
    <li
      className={`${styles.candidate} ${styles[shape]}`}
      data-testid="candidate"
      data-species={species.id}
      data-score={score}
    >
      <Names species={species} />
      <div className={styles.score}>
        <ScoreBar score={score} />
        <span className={styles.words}>
          <span className="number">{percent(score)}</span>{' '}
          <span className={styles.sureness}>{t(`sureness.${sureness}`)}</span>
        </span>
      </div>
    </li>
  )
}

/** The common name first, for people; the scientific name right below it. */
function Names({ species }: { species: Species }) {
  const { scientificName, family } = species
  const commonName = commonNameOf(species, useLanguage())
  const scientific = <ScientificName name={scientificName} />
  return (
    <div className={styles.names}>
      <p className={styles.name}>{commonName ?? scientific}</p>
      <p className={styles.scientific}>
        {commonName === undefined ? null : scientific}
        {family === undefined ? null : <span className={styles.family}>{family}</span>}
      </p>
    </div>
  )
}
