/** A dialog over the page, open for as long as it is there. Escape leaves it; the focus goes back to where it was. */
'use client'

import { type ReactNode, useLayoutEffect, useRef } from 'react'
import styles from './modal.module.css'

export function Modal({
  titleId,
  shape = 'question',
  onLeave,
  children,
}: {
  /** The id of the heading that names it. */
  titleId: string
  /** `question`: a few words; `picture`: as large as its picture allows, on a phone all of the window. */
  shape?: 'question' | 'picture'
  onLeave: () => void
  children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  // Closed while it is still in the page: only so the focus goes back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // What it is is read first; a picture's controls may come later.
    if (shape === 'picture') element?.focus()
    return () => element?.close()
  }, [shape])
  return (
    <dialog
      ref={dialog}
      tabIndex={-1}
      className={`${styles.modal} ${styles[shape]}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // A file input inside says the same when nothing was chosen.
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onLeave()
      }}
    >
      {children}
    </dialog>
  )
}
