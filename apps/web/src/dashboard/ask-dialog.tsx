/** Asks before something is done, by the name of what it touches. Escape is the careful answer. */
'use client'

import { type ReactNode, useEffect, useId, useLayoutEffect, useRef } from 'react'
import { Button, type ButtonProps } from '../design/button.tsx'
import styles from './ask-dialog.module.css'
import type { Order } from './order.ts'
import { OrderOutcome } from './order-outcome.tsx'

export type Question = {
  title: string
  /** What happens, and fields if there is something to say. */
  children: ReactNode
  yes: string
  no: string
  weight: NonNullable<ButtonProps['weight']>
}

/** Open for as long as it is there. A refused order is told here, where what was filled in can be mended. */
export function AskDialog({
  question,
  order,
  onYes,
  onNo,
}: {
  question: Question
  order: Pick<Order, 'outcome' | 'isBusy'>
  onYes: () => void
  onNo: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // Closed while it is still in the page: only so the focus goes back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  // On a phone why it was refused stands below what is seen.
  const isRefused = order.outcome?.kind === 'refused'
  useEffect(() => {
    if (isRefused) dialog.current?.scrollTo({ top: dialog.current.scrollHeight })
  }, [isRefused])
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
          if (!order.isBusy) onYes()
        }}
      >
        <h2 id={titleId}>{question.title}</h2>
        {question.children}
        <OrderOutcome outcome={order.outcome} />
        <div className={styles.row}>
          <Button onClick={onNo}>{question.no}</Button>
          <Button type="submit" weight={question.weight} isBusy={order.isBusy}>
            {order.isBusy ? 'One moment …' : question.yes}
          </Button>
        </div>
      </form>
    </dialog>
  )
}
