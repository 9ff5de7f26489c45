/** Asks before a run is stopped, by its name. */
'use client'

import { useEffect, useRef } from 'react'
import { Button } from '../design/button.tsx'
import styles from './run-controls.module.css'

export function StopDialog({
  name,
  isOpen,
  onAnswer,
}: {
  name: string
  isOpen: boolean
  onAnswer: (stops: boolean) => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="stop-question"
      onCancel={(event) => {
        event.preventDefault()
        onAnswer(false)
      }}
    >
      <div className={styles.question}>
        <h2 id="stop-question">Stop the run “{name}”?</h2>
        <p>
          The step in flight is dropped, and volunteers are sent to other runs. What it has learned is kept:
          it can be published, and resumed later.
        </p>
        <div className={styles.row}>
          <Button onClick={() => onAnswer(false)}>Let it run</Button>
          <Button weight="grave" onClick={() => onAnswer(true)}>
            Stop “{name}”
          </Button>
        </div>
      </div>
    </dialog>
  )
}
