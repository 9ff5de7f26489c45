/** The answer as a herbarium sheet's label: the best match large, the others as rows. */

import type { Species } from '@worldflora/protocol/species'
import { type ReactNode, useRef } from 'react'
import { useAmounts, useLanguage, useTexts } from '../languages/use-texts.ts'
import { type Answer, type Candidate, surenessOf, type Verdict, verdictOf } from './answer.ts'
import styles from './answer-sheet.module.css'
import { commonNameOf } from './common-name.ts'
import { NarrowedLine } from './narrowing/narrowed-line.tsx'
import { PresenceWords } from './narrowing/presence-words.tsx'
import type { PageNarrowing } from './narrowing/use-narrowing.ts'
import { ScoreBar } from './score-bar.tsx'
import { FullName } from './species/name-facts.tsx'
import { OpenSpecies } from './species/open-species.tsx'
import type { OwnPlant } from './species/species-dialog.tsx'
import { UnsureWords } from './unsure-words.tsx'

export function AnswerSheet({
  answer,
  nth,
  own,
  asked,
}: {
  answer: Answer
  nth: number
  own: OwnPlant
  asked: PageNarrowing
}) {
  const t = useTexts('identify')
  const { candidates, narrowed } = answer
  const verdict = verdictOf(answer)
  const sheet = useRef<HTMLElement>(null)
  const clear = () => {
    // The button goes, and the focus would with it.
    sheet.current?.focus()
    asked.clear()
  }
  return (
    <section
      className={styles.sheet}
      ref={sheet}
      tabIndex={-1}
      aria-label={t('answer')}
      data-testid="answer"
      data-answer={nth}
    >
      {narrowed === undefined ? null : (
        <NarrowedLine narrowed={narrowed} narrowing={asked.narrowing} onClear={clear} />
      )}
      <VerdictWords verdict={verdict} />
      <ol className={styles.candidates}>
        {candidates.map((candidate, i) => (
          <CandidateRow
            key={candidate.species.id}
            candidate={candidate}
            own={own}
            shape={i === 0 && verdict.kind === 'species' ? 'best' : 'other'}
          />
        ))}
      </ol>
    </section>
  )
}

/** What stands above the candidates; a species that is sure speaks for itself. */
function VerdictWords({ verdict }: { verdict: Verdict }) {
  const t = useTexts('identify')
  const { percent } = useAmounts()
  switch (verdict.kind) {
    case 'species':
      return null
    case 'kin': {
      const { rank, name, score } = verdict
      return (
        <p className={styles.kin} data-testid="kin">
          {t.rich(rank === 'genus' ? 'genus' : 'family', {
            kin: name,
            share: percent(score),
            // Botany writes genera in italics, families upright.
            name: (words: ReactNode) =>
              rank === 'genus' ? <i lang="la">{words}</i> : <span lang="la">{words}</span>,
          })}
        </p>
      )
    }
    case 'shortlist':
      return (
        <p className={styles.kin} data-testid="shortlist">
          {t('shortlist', { species: verdict.species })}
        </p>
      )
    case 'outside':
      return <UnsureWords outside={verdict.checklist} />
    case 'unknown':
    case 'no-plant':
      return <UnsureWords outside={null} />
  }
}

function CandidateRow({
  candidate,
  own,
  shape,
}: {
  candidate: Candidate
  own: OwnPlant
  shape: 'best' | 'other'
}) {
  const t = useTexts('identify')
  const { percent } = useAmounts()
  const { species, score, presence } = candidate
  const sureness = surenessOf(score)
  return (
    <li
      className={`${styles.candidate} ${styles[shape]}`}
      data-testid="candidate"
      data-species={species.id}
      data-score={score}
    >
      <div className={styles.names}>
        <Names species={species} />
        <OpenSpecies species={species} own={own} />
      </div>
      <div className={styles.score}>
        <ScoreBar score={score} />
        <span className={styles.words}>
          <span className="number">{percent(score)}</span>
          {' · '}
          <span className={styles.sureness}>{t(`sureness.${sureness}`)}</span>
        </span>
        {presence === undefined ? null : <PresenceWords presence={presence} />}
      </div>
    </li>
  )
}

/** The common name first, for people; the scientific name right below it. */
function Names({ species }: { species: Species }) {
  const { family } = species
  const commonName = commonNameOf(species, useLanguage())
  const scientific = <FullName species={species} />
  return (
    <>
      <p className={styles.name}>{commonName ?? scientific}</p>
      <p className={styles.scientific}>
        {commonName === undefined ? null : <span>{scientific}</span>}
        {family === undefined ? null : <span className={styles.family}>{family}</span>}
      </p>
    </>
  )
}
