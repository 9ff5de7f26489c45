/** Show a plant, read its name: photos in, the answer on the same page. */
'use client'

import { isRejection } from '@worldflora/protocol/rejection'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { Button } from '../design/button.tsx'
import { Notice } from '../design/notice.tsx'
import { RefusalParts } from '../design/refusal-parts.tsx'
import { pathIn } from '../languages/languages.ts'
import { useAmounts, useLanguage, useTexts } from '../languages/use-texts.ts'
import { AnswerSheet } from './answer-sheet.tsx'
import { DeviceLine } from './device-line.tsx'
import { FaultWords } from './fault-words.tsx'
import { FeedbackSection } from './feedback/feedback-section.tsx'
import { useFeedback } from './feedback/use-feedback.ts'
import { History } from './history/history.tsx'
import { useKeeping } from './history/use-keeping.ts'
import styles from './identification.module.css'
import { NarrowingPanel } from './narrowing/narrowing-panel.tsx'
import { useNarrowing } from './narrowing/use-narrowing.ts'
import { PhotoChoice } from './photo-choice.tsx'
import { PhotoRow } from './photo-row.tsx'
import { organsOf } from './plant-photos.ts'
import { stageWords } from './stage-words.ts'
import { UpdateLine } from './update-line.tsx'
import { useIdentifier } from './use-identifier.ts'
import { useModelUpdate } from './use-model-update.ts'
import { useNaming } from './use-naming.ts'
import { usePlantPhotos } from './use-plant-photos.ts'

/** Who does not find theirs among so many types more. */
const MOST_FOUND = 12

export function Identification() {
  const t = useTexts('identify')
  const amounts = useAmounts()
  const language = useLanguage()
  const identifier = useIdentifier()
  const asked = useNarrowing(identifier.model)
  const { state, ask } = useNaming(identifier, asked.narrowing)
  const plant = usePlantPhotos(ask)
  const update = useModelUpdate(identifier, plant.askAgain)
  const page = useRef<HTMLDivElement>(null)
  const isDragging = useDroppedAndPasted(plant.add)
  useChosenEarly(page, plant.add)
  const { model } = identifier
  const { photos } = plant
  const isEmpty = photos.length === 0
  const heading = useKeptFocus(isEmpty)
  const keeping = useKeeping()
  const feedback = useFeedback(isEmpty)
  const words = stageWords(t, amounts, model, state)

  const again = () => {
    identifier.again()
    plant.askAgain()
  }

  const find = async (text: string) => {
    const found = await identifier.ask((remote) => remote.findSpecies(text, MOST_FOUND))
    return isRejection(found) ? null : found
  }

  return (
    <div className={styles.page} ref={page}>
      <h1 ref={heading} tabIndex={-1} className={isEmpty ? styles.title : 'visually-hidden'}>
        {t('question')}
      </h1>
      {model.kind === 'refused' ? (
        <Notice
          tone="warm"
          title={model.rejection.code === 'no-model' ? t('noModel') : t('notReady')}
          said="in-turn"
        >
          <RefusalParts rejection={model.rejection} />
          <p className={styles.ways}>
            <Button onClick={again}>{t('lookAgain')}</Button>
            {model.rejection.code === 'no-model' ? (
              <a href={pathIn(language, '/contribute')}>{t('helpTrain')}</a>
            ) : null}
          </p>
        </Notice>
      ) : null}
      {isEmpty ? (
        <PhotoChoice isDragging={isDragging} onFiles={plant.add} shape="sheet" />
      ) : (
        <PhotoRow
          photos={photos}
          suggested={state.kind === 'named' ? state.answer.organs : []}
          onOrgan={plant.sayOrgan}
          onTakeAway={plant.takeAway}
          onEdited={plant.replace}
        >
          <PhotoChoice isDragging={isDragging} onFiles={plant.add} shape="card" />
        </PhotoRow>
      )}
      <div role="alert">
        {plant.faults.length === 0 ? null : (
          <Notice tone="warm" title={t('notUsed')}>
            {plant.faults.map((fault) => (
              <FaultWords key={fault.kind === 'unopened' ? fault.id : fault.kind} fault={fault} />
            ))}
          </Notice>
        )}
      </div>
      <p role="status" className={styles.stage} data-testid="stage">
        {words}
      </p>
      {state.kind === 'refused' && model.kind !== 'refused' ? (
        <Notice tone="warm" title={t('failed')} said="at-once">
          <RefusalParts rejection={state.rejection} />
        </Notice>
      ) : null}
      {model.kind === 'open' && !isEmpty ? <NarrowingPanel model={model.model} asked={asked} /> : null}
      <div aria-live="polite">
        {state.kind === 'named' && model.kind === 'open' ? (
          <AnswerSheet
            answer={state.answer}
            nth={state.nth}
            asked={asked}
            own={{
              photos,
              organs: organsOf(photos, state.answer),
              flora: { name: model.model.flora, hash: model.model.floraHash },
            }}
          />
        ) : null}
      </div>
      {state.kind === 'named' && model.kind === 'open' ? (
        <FeedbackSection
          answer={state.answer}
          photos={photos}
          model={model.model}
          feedback={feedback}
          isKeeping={keeping.isOn === true}
          find={find}
        />
      ) : null}
      {isEmpty ? null : (
        <div>
          <Button onClick={plant.clear}>{t('another')}</Button>
        </div>
      )}
      <UpdateLine update={update} />
      <DeviceLine
        model={model}
        isCalm={model.kind !== 'opening' && state.kind !== 'naming'}
        given={feedback.giving.kind === 'given' ? feedback.giving.photos : 0}
      />
      <History photos={photos} state={state} model={model} said={feedback.said} keeping={keeping} />
    </div>
  )
}

/** With the first photo, and the last, the control goes by which it came or went: the focus would be nowhere. */
function useKeptFocus(isEmpty: boolean): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null)
  const before = useRef(isEmpty)
  useEffect(() => {
    if (before.current === isEmpty) return
    before.current = isEmpty
    if (document.activeElement === document.body) heading.current?.focus({ preventScroll: true })
  }, [isEmpty])
  return heading
}

/** Files that were chosen while the page's script was still on its way: nobody has heard of them. */
function useChosenEarly(page: RefObject<HTMLDivElement | null>, onFiles: (files: File[]) => void): void {
  useEffect(() => {
    for (const input of page.current!.querySelectorAll<HTMLInputElement>('input[type=file]')) {
      onFiles([...(input.files ?? [])])
      input.value = ''
    }
  }, [page, onFiles])
}

/** Files that are dropped anywhere on the page, or pasted. Says whether some are being dragged over it. */
function useDroppedAndPasted(onFiles: (files: File[]) => void): boolean {
  const [isDragging, setDragging] = useState(false)
  const take = useRef(onFiles)
  take.current = onFiles
  useEffect(() => {
    const listening = new AbortController()
    const { signal } = listening
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return
      event.preventDefault()
      setDragging(true)
    }
    window.addEventListener('dragover', over, { signal })
    addEventListener(
      'dragleave',
      (event: DragEvent) => {
        if (event.relatedTarget === null) setDragging(false)
      },
      { signal },
    )
    addEventListener(
      'drop',
      (event: DragEvent) => {
        event.preventDefault()
        setDragging(false)
        take.current([...(event.dataTransfer?.files ?? [])])
      },
      { signal },
    )
    window.addEventListener(
      'paste',
      (event: ClipboardEvent) => take.current([...(event.clipboardData?.files ?? [])]),
      {
        signal,
      },
    )
    return () => listening.abort()
  }, [])
  return isDragging
}
