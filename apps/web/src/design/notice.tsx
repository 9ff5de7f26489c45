/** Something that needs a hand, or is good to know: what it is, what it means, what to do. */
import type { ReactNode } from 'react'
import styles from './notice.module.css'

export type NoticeProps = {
  tone: 'warm' | 'calm'
  title: string
  /** For one that appears while somebody reads: it is read out, at once or when there is a pause. */
  said?: 'at-once' | 'in-turn'
  children?: ReactNode
}

const ROLES = { 'at-once': 'alert', 'in-turn': 'status' } as const

export function Notice({ tone, title, said, children }: NoticeProps) {
  return (
    <section
      className={`${styles.notice} ${styles[tone]}`}
      role={said === undefined ? undefined : ROLES[said]}
      aria-label={title}
    >
      <h2>{title}</h2>
      {children}
    </section>
  )
}
