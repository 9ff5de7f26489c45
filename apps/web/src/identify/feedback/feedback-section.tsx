/** Below an answer: what was it really? One press, a search, or none of these (FB1). Then, apart from it, the photos may be given away. */
'use client'

import type { Species } from '@worldflora/protocol/species'
import type { Found } from '@worldflora/protocol/species-search'
import { Button } from '../../design/button.tsx'
import { SpeciesField } from '../../design/species-field.tsx'
import { SpeciesName } from '../../design/species-name.tsx'
import { useLanguage, useTexts } from '../../languages/use-texts.ts'
import type { Answer } from '../answer.ts'
import { commonNameOf } from '../common-name.ts'
import type { OpenedModel } from '../identifier-port.ts'
import type { PlantPhoto } from '../plant-photos.ts'
import styles from './feedback-section.module.css'
import { GiveSection } from './give-section.tsx'
import { isSaid, type Said } from './said.ts'
import type { Feedback } from './use-feedback.ts'

export function FeedbackSection({
  answer,
  photos,
  model,
  feedback,
  isKeeping,
  find,
}: {
  answer: Answer
  photos: readonly PlantPhoto[]
  model: OpenedModel
  feedback: Feedback
  /** Whether the history is switched on. */
  isKeeping: boolean
  find: (text: string) => Promise<Found | null>
}) {
  const t = useTexts('feedback')
  const language = useLanguage()
  const { said, say } = feedback
  const isNone = said?.kind === 'none'
  return (
    <section className={styles.feedback} aria-labelledby="feedback-heading" data-testid="feedback">
      <h2 id="feedback-heading" className={styles.heading}>
        {t('question')}
      </h2>
      <p className={styles.quiet}>{isKeeping ? t('kept') : t('notKept')}</p>
      <ul className={styles.choices}>
        {answer.candidates.map(({ species }) => (
          <li key={species.id}>
            <button
              type="button"
              className={styles.choice}
              aria-pressed={isSaid(said, species.id)}
              onClick={() => say(isSaid(said, species.id) ? null : { kind: 'species', species })}
            >
              <span className={styles.press}>{t('itWas')}</span>
              <NameOf species={species} />
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            className={styles.choice}
            aria-pressed={isNone}
            onClick={() => say(isNone ? null : { kind: 'none' })}
          >
            {t('none')}
          </button>
        </li>
      </ul>
      <SpeciesField
        find={find}
        commonNameOf={(species: Species) => commonNameOf(species, language)}
        onChoose={(species) => say({ kind: 'species', species })}
        words={{
          label: t('other'),
          none: t('notFound', { flora: model.flora }),
          found: (count) => t('found', { count }),
          more: t('more'),
        }}
      />
      <div className={styles.said}>
        <div role="status">{said === null ? null : <SaidWords said={said} />}</div>
        {said === null ? null : <Button onClick={() => say(null)}>{t('takeBack')}</Button>}
      </div>
      {said === null ? null : (
        <GiveSection answer={answer} photos={photos} model={model} feedback={feedback} said={said} />
      )}
    </section>
  )
}

function SaidWords({ said }: { said: Said }) {
  const t = useTexts('feedback')
  if (said.kind === 'none') return <p data-testid="said">{t('saidNone')}</p>
  return <p data-testid="said">{t.rich('said', { name: () => <NameOf species={said.species} /> })}</p>
}

function NameOf({ species }: { species: Species }) {
  const commonName = commonNameOf(species, useLanguage())
  return (
    <span className={styles.name}>
      <SpeciesName commonName={commonName} scientificName={species.scientificName} />
    </span>
  )
}
