/** The answer as a herbarium sheet's label: the best match large, the others as rows. */
import type { Species } from '@worldflora/protocol/http'
import { ScientificName } from '../design/scientific-name.tsx'
import { percent } from '../words/amounts.ts'
import { type Answer, type Candidate, isGenusAnswer, isUnsure, surenessOf } from './answer.ts'
import styles from './answer-sheet.module.css'
import { ScoreBar } from './score-bar.tsx'

export function AnswerSheet({ answer, nth }: { answer: Answer; nth: number }) {
  const { candidates, genus } = answer
  return (
    <section
      className={styles.sheet}
      aria-label="The answer"
      aria-live="polite"
      data-testid="answer"
      data-answer={nth}
    >
      {isUnsure(answer) ? (
        <div className={styles.unsure}>
          <h2>We found no plant here that we know</h2>
          <p>
            A photo of one leaf or flower that fills the picture, sharp and in even light, says most. The
            closest we know:
          </p>
        </div>
      ) : null}
      {isGenusAnswer(answer) && genus !== null ? (
        <p className={styles.genus}>
          Surely a <i lang="la">{genus.name}</i> ({percent(genus.score)}); which one is less certain.
        </p>
      ) : null}
      <ol className={styles.candidates}>
        {candidates.map((candidate, i) => (
          <CandidateRow
            key={candidate.species.id}
            candidate={candidate}
            shape={i === 0 && !isUnsure(answer) ? 'best' : 'other'}
          />
        ))}
      </ol>
    </section>
  )
}

function CandidateRow({ candidate, shape }: { candidate: Candidate; shape: 'best' | 'other' }) {
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
          <span className="number">{percent(score)}</span> <span className={styles.sureness}>{sureness}</span>
        </span>
      </div>
    </li>
  )
}

/** The common name first, for people; the scientific name right below it. */
function Names({ species: { commonName, scientificName, family } }: { species: Species }) {
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
