/** Asks before something is done, by the name of what it touches. Escape is the careful answer. */
'use client'

import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Button, type ButtonProps } from '../design/button.tsx'
import { Modal } from '../design/modal.tsx'
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
  const form = useRef<HTMLFormElement>(null)
  const titleId = useId()
  // On a phone why it was refused stands below what is seen.
  const isRefused = order.outcome?.kind === 'refused'
  useEffect(() => {
    if (isRefused) form.current?.scrollIntoView({ block: 'end' })
  }, [isRefused])
  return (
    <Modal titleId={titleId} onLeave={onNo}>
      <form
        ref={form}
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
    </Modal>
  )
}
