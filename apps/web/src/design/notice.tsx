/** Something that needs a hand, or is good to know: what it is, what it means, what to do. */
import type { ReactNode } from 'react'
import styles from './notice.module.css'

export function Notice({
  tone,
  title,
  children,
}: {
  tone: 'warm' | 'calm'
  title: string
  children?: ReactNode
}) {
  return (
    <section className={`${styles.notice} ${styles[tone]}`} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  )
}
