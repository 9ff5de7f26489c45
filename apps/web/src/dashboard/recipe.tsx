/** A run's recipe: what it is made of, and its phases with how far each is. */
'use client'

import type { RunStatus } from '@worldflora/protocol/runs'
import { parseDetail } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { FaultLine } from '../design/fault-line.tsx'
import { ProgressLine } from '../design/progress-line.tsx'
import { type PhaseCard, phaseCards } from './phase-cards.ts'
import styles from './recipe.module.css'
import { recipeWords, type Words } from './recipe-words.ts'

/** It changes with a rollback, and with what a phase came to. */
const REST_MS = 2000

export function Recipe({ run }: { run: RunStatus }) {
  const { value: detail, rejection } = useReading(`/api/runs/${run.id}`, parseDetail, {
    news: run,
    restMs: REST_MS,
  })
  return (
    <section aria-labelledby="recipe-heading" className={styles.recipe} data-testid="recipe">
      <h2 id="recipe-heading">Recipe</h2>
      <FaultLine rejection={rejection} />
      {detail === null ? null : (
        <>
          <WordList list={recipeWords(detail)} />
          <ol className={styles.phases}>
            {phaseCards(detail, run).map((card) => (
              <Phase key={card.title} card={card} />
            ))}
          </ol>
        </>
      )}
    </section>
  )
}

function Phase({ card: { title, done, total, state, progress, facts } }: { card: PhaseCard }) {
  return (
    <li className={styles.phase} aria-current={state === 'under-way' ? 'step' : undefined}>
      <h3>{title}</h3>
      <ProgressLine done={done} total={total} label={progress} />
      <WordList list={facts} />
    </li>
  )
}

function WordList({ list }: { list: readonly Words[] }) {
  return (
    <dl className={styles.words}>
      {list.map(({ name, words }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  )
}
