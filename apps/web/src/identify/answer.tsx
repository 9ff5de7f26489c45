'use client'
import type { Species } from '@worldflora/protocol/http'
import { percent } from '../site/words.ts'
import styles from './identification.module.css'

export type Candidate = { species: Species; score: number }

/** The best match large, then the others as rows. */
export function Answer({ nth, candidates }: { nth: number; candidates: Candidate[] }) {
  return (
    <section aria-label="Answer" className={styles.answer} data-testid="answer" data-answer={nth}>
      <ol>
        {candidates.map((candidate) => (
          <li
            key={candidate.species.id}
            data-testid="candidate"
            data-species={candidate.species.id}
            data-score={candidate.score}
          >
            <PlantName species={candidate.species} />
            <span className={styles.score}>
              <meter min={0} max={1} value={candidate.score} aria-label="Score" />
              <span className="numbers">
                {percent(candidate.score)}, {likelihood(candidate.score)}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}

function PlantName({ species: { commonName, scientificName, family } }: { species: Species }) {
  return (
    <span className={styles.name}>
      {commonName !== undefined && <span className={styles.common}>{commonName}</span>}
      <i className="plant">{scientificName}</i>
      {family !== undefined && <span className="faded">{family}</span>}
    </span>
  )
}

function likelihood(score: number): string {
  if (score > 0.85) return 'very likely'
  if (score > 0.5) return 'likely'
  if (score > 0.15) return 'possible'
  return 'unlikely'
}
