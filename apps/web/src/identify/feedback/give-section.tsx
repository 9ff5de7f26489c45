/** The offer to give the photos away: closed until it is asked for, and how it went. */
'use client'

import { useId, useRef, useState } from 'react'
import { Button } from '../../design/button.tsx'
import { Notice } from '../../design/notice.tsx'
import { ProgressLine } from '../../design/progress-line.tsx'
import { RefusalParts } from '../../design/refusal-parts.tsx'
import { useAmounts, useTexts } from '../../languages/use-texts.ts'
import { type Answer, verdictOf } from '../answer.ts'
import type { OpenedModel } from '../identifier-port.ts'
import { organsOf, type PlantPhoto } from '../plant-photos.ts'
import { GiveForm, type GiveWish } from './give-form.tsx'
import styles from './give-section.module.css'
import type { Said } from './said.ts'
import type { Feedback, Giving } from './use-feedback.ts'

export function GiveSection({
  answer,
  photos,
  model,
  feedback,
  said,
}: {
  answer: Answer
  photos: readonly PlantPhoto[]
  model: OpenedModel
  feedback: Feedback
  said: Said
}) {
  const t = useTexts('feedback')
  const [isOpen, setOpen] = useState(false)
  const opener = useRef<HTMLDivElement>(null)
  const formId = useId()
  const { giving } = feedback

  function give({ chosen, licence, author }: GiveWish): void {
    const [best] = answer.candidates
    const { kind } = verdictOf(answer)
    // What a list or a place made first is not what the model said.
    const isOwn = !['outside', 'unknown', 'no-plant'].includes(kind) && answer.narrowed === undefined
    const named = isOwn && best !== undefined ? { species: best.species.id, score: best.score } : null
    const organs = organsOf(photos, answer)
    feedback.give({
      photos: photos
        .map(({ id, file }, i) => ({ id, file, organ: organs[i]! }))
        .filter(({ id }) => chosen.has(id)),
      statement: {
        flora: model.flora,
        model: model.id,
        named,
        said: said.kind === 'species' ? said.species.id : null,
        licence,
        author,
      },
    })
  }

  if (giving.kind === 'given') {
    return (
      <Notice tone="calm" said="in-turn" title={t('given', { photos: giving.photos })}>
        <p>{t('givenWords')}</p>
      </Notice>
    )
  }
  const isUnderWay = giving.kind === 'copying' || giving.kind === 'sending'
  return (
    <div className={styles.give}>
      <div ref={opener}>
        <Button
          aria-expanded={isOpen}
          aria-controls={formId}
          onClick={() => setOpen(!isOpen)}
          isBusy={isUnderWay}
        >
          {t('offer')}
        </Button>
      </div>
      <div id={formId} hidden={!isOpen}>
        {isOpen ? (
          <GiveForm
            photos={photos}
            isBusy={isUnderWay}
            onGive={give}
            onLeave={() => {
              setOpen(false)
              opener.current?.querySelector('button')?.focus()
            }}
          >
            <div role="status">{isUnderWay ? <Progress giving={giving} onStop={feedback.stop} /> : null}</div>
            <div role="alert">
              {giving.kind === 'refused' ? (
                <Notice tone="warm" title={t('refused')}>
                  <RefusalParts rejection={giving.rejection} />
                </Notice>
              ) : null}
            </div>
          </GiveForm>
        ) : null}
      </div>
    </div>
  )
}

function Progress({
  giving,
  onStop,
}: {
  giving: Extract<Giving, { kind: 'copying' | 'sending' }>
  onStop: () => void
}) {
  const t = useTexts('feedback')
  const { percent } = useAmounts()
  return (
    <div className={styles.progress}>
      {giving.kind === 'copying' ? (
        <ProgressLine
          done={giving.done}
          total={giving.total}
          label={t('copying', { number: giving.done + 1, total: giving.total })}
        />
      ) : (
        <ProgressLine done={giving.share} total={1} label={t('sending', { share: percent(giving.share) })} />
      )}
      <Button onClick={onStop}>{t('stop')}</Button>
    </div>
  )
}
