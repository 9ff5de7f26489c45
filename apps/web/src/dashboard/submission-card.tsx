/** One submission: its photos, what the model and the sender say, and what may be done with it. */
'use client'

import { isRejection } from '@worldflora/protocol/rejection'
import type { Species } from '@worldflora/protocol/species'
import type { Submission, SubmittedSpecies } from '@worldflora/protocol/submissions'
import { useId, useState } from 'react'
import { parseFoundSpecies } from '../coordinator/parse.ts'
import { readJson } from '../coordinator/read.ts'
import { Button } from '../design/button.tsx'
import { SpeciesField } from '../design/species-field.tsx'
import { SpeciesName } from '../design/species-name.tsx'
import { percent, timeOfDay } from '../words/amounts.ts'
import type { DecisionWish } from './review-queue.tsx'
import styles from './submission-card.module.css'

export function SubmissionCard({
  submission,
  isBusy,
  onDecide,
}: {
  submission: Submission
  isBusy: boolean
  onDecide: (wish: DecisionWish) => void
}) {
  const { id, at, state, photos, named, said, licence, author } = submission
  const [chosen, setChosen] = useState<SubmittedSpecies | null>(null)
  const titleId = useId()
  const species = chosen ?? submission.species ?? said
  const moment = timeOfDay(Date.parse(at), Date.now())
  return (
    <li
      className={styles.card}
      tabIndex={-1}
      aria-labelledby={titleId}
      data-testid="submission"
      data-author={author}
    >
      <ul className={styles.photos}>
        {photos.map(({ organ, width, height }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: photos have no other identity and never move
          <li key={i}>
            <a href={`/api/submissions/${id}/photos/${i}`} target="_blank" rel="noreferrer">
              {/* biome-ignore lint/performance/noImgElement: the operator's alone, and no image service's */}
              <img
                src={`/api/submissions/${id}/photos/${i}`}
                alt={`${i + 1} of ${photos.length}, ${organ ?? 'the plant'}`}
                width={width}
                height={height}
                loading="lazy"
              />
            </a>
          </li>
        ))}
      </ul>
      <div className={styles.words}>
        <h3 id={titleId} className={styles.title}>
          {said === null ? (
            'Its sender could not name it'
          ) : (
            <>
              <span className={styles.whose}>The sender says</span> <NameOf species={said} />
            </>
          )}
        </h3>
        <dl className={styles.facts}>
          <div>
            <dt>The model said</dt>
            <dd>
              {named === null ? (
                'No name was sent: the model found none, or the visitor had narrowed the answer.'
              ) : (
                <>
                  <NameOf species={named.species} /> <span className="number">{percent(named.score)}</span>
                </>
              )}
            </dd>
          </div>
          <div>
            <dt>Author</dt>
            <dd>{author}</dd>
          </div>
          <div>
            <dt>Licence</dt>
            <dd>{licence}</dd>
          </div>
          <div>
            <dt>Came</dt>
            <dd>
              <time dateTime={at}>{moment}</time>
            </dd>
          </div>
          {submission.species === null ? null : (
            <div>
              <dt>Accepted as</dt>
              <dd>
                <NameOf species={submission.species} />
              </dd>
            </div>
          )}
        </dl>
        {state === 'waiting' ? (
          <>
            <SpeciesField
              find={findSpecies}
              commonNameOf={({ commonName }) => commonName}
              onChoose={setChosen}
              words={{
                label: 'It is another species',
                example: 'Part of a name',
                none: 'The published flora has no species of that name.',
                found: (shown) => `${shown} shown.`,
                more: 'There are more: type on.',
              }}
            />
            <div className={styles.ways}>
              <Button
                isBusy={isBusy || species === null}
                onClick={() =>
                  species &&
                  onDecide({ decision: 'accept', species: species.id, name: species.scientificName })
                }
              >
                {species === null ? 'Accept (choose a species first)' : `Accept as ${species.scientificName}`}
              </Button>
              <Button weight="grave" isBusy={isBusy} onClick={() => onDecide({ decision: 'reject' })}>
                Reject
              </Button>
            </div>
          </>
        ) : (
          <div className={styles.ways}>
            <Button isBusy={isBusy} onClick={() => onDecide({ decision: 'undecide' })}>
              Look at it again
            </Button>
          </div>
        )}
      </div>
    </li>
  )
}

async function findSpecies(text: string) {
  const found = await readJson(`/api/species?text=${encodeURIComponent(text)}`, parseFoundSpecies)
  return isRejection(found) ? null : found
}

function NameOf({ species: { commonName, commonNames, scientificName } }: { species: Species }) {
  return <SpeciesName commonName={commonName ?? commonNames?.en?.[0]} scientificName={scientificName} />
}
