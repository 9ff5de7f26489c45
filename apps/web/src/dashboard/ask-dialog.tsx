/** Asks before something is done, by the name of what it touches. Escape is the careful answer. */
'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button, type ButtonProps } from '../design/button.tsx'
import styles from './ask-dialog.module.css'

export type Question = {
  title: string
  /** What happens, and fields if there is something to say. */
  children: ReactNode
  yes: string
  no: string
  weight: NonNullable<ButtonProps['weight']>
}

/** `onYes` may find fault with what was filled in: then the dialog stays. */
export function AskDialog({
  question,
  isOpen,
  onYes,
  onNo,
}: {
  question: Question
  isOpen: boolean
  onYes: () => void
  onNo: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault()
        onNo()
      }}
    >
      <form
        className={styles.question}
        onSubmit={(event) => {
          event.preventDefault()
          onYes()
        }}
      >
        <h2 id={titleId}>{question.title}</h2>
        {question.children}
        <div className={styles.row}>
          <Button onClick={onNo}>{question.no}</Button>
          <Button type="submit" weight={question.weight}>
            {question.yes}
          </Button>
        </div>
      </form>
    </dialog>
  )
}
