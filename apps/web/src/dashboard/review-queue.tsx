/** Photos that visitors gave (FB6): each looked at, accepted as a species or rejected, or all that are shown rejected. What was decided last can be undone here. */
'use client'

import {
  type SeveralDecided,
  SUBMISSION_STATES,
  type Submission,
  type SubmissionState,
} from '@worldflora/protocol/submissions'
import { useEffect, useMemo, useRef, useState } from 'react'
import { parseDecided, parseSubmission, parseSubmissions } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { Button } from '../design/button.tsx'
import { FaultLine } from '../design/fault-line.tsx'
import { count } from '../words/amounts.ts'
import { type Outcome, useOrder } from './order.ts'
import { OrderOutcome } from './order-outcome.tsx'
import { RejectShownDialog } from './reject-shown-dialog.tsx'
import styles from './review-queue.module.css'
import { waitingAgainWords } from './review-words.ts'
import { SubmissionCard } from './submission-card.tsx'

const REST_MS = 3000

const TITLES = { waiting: 'Waiting', accepted: 'Accepted', rejected: 'Rejected' } as const
const NOTHING = {
  waiting:
    'Nothing waits to be looked at. Visitors of /identify can say what a plant was and give their photos; they come here, and nowhere else.',
  accepted: 'Nothing is accepted yet. What is stays here until the data folder goes.',
  rejected: 'Nothing was rejected within the last hour.',
} as const

/** Those that wait come in their order, so that nobody waits for ever. */
const QUERY = {
  waiting: '?state=waiting&after=0',
  accepted: '?state=accepted',
  rejected: '?state=rejected',
} as const

export type DecisionWish =
  | { decision: 'accept'; species: string; name: string }
  | { decision: 'reject' }
  | { decision: 'undecide' }

/** What can be undone. */
type Last = { kind: 'one'; submission: Submission } | { kind: 'several'; ids: readonly string[] }

export function ReviewQueue({ news }: { news: unknown }) {
  const [state, setState] = useState<SubmissionState>('waiting')
  const [changes, setChanges] = useState(0)
  const anyNews = useMemo(() => ({ news, changes }), [news, changes])
  const { value: list, rejection } = useReading(`/api/submissions${QUERY[state]}`, parseSubmissions, {
    news: anyNews,
    restMs: REST_MS,
  })
  const deciding = useOrder()
  const section = useRef<HTMLElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const toFocus = useRef<number | null>(null)
  const [last, setLast] = useState<Last | null>(null)
  /** As they were shown when all of them were to be rejected: the list goes on changing. */
  const [asked, setAsked] = useState<readonly Submission[] | null>(null)
  const [said, setSaid] = useState<Outcome | null>(null)

  // What had the focus is gone from the list: the one that has its place gets it.
  useEffect(() => {
    if (toFocus.current === null || list === null) return
    const cards = cardsOf(section.current)
    const next = cards[Math.min(toFocus.current, cards.length - 1)] ?? heading.current
    toFocus.current = null
    next?.focus()
  }, [list])

  async function decide({ id, said }: Submission, wish: DecisionWish): Promise<void> {
    setSaid(null)
    const index = list?.submissions.findIndex((one) => one.id === id) ?? 0
    const { decision } = wish
    const body = decision === 'accept' ? { decision, species: wish.species } : { decision }
    const what = decision === 'accept' ? ` as ${wish.name}` : said === null ? '' : ` (${said.scientificName})`
    const ended = await deciding.send(
      { method: 'POST', path: `/api/submissions/${id}/decision`, body },
      {
        parse: parseSubmission,
        done: ({ author, state }) => `The photos by ${author} are ${state}${what}.`,
      },
    )
    setChanges((before) => before + 1)
    if (ended.kind === 'refused') return
    setLast(decision === 'undecide' ? null : { kind: 'one', submission: ended.answer })
    toFocus.current = index
  }

  async function undo(last: Last): Promise<void> {
    if (last.kind === 'one') return decide(last.submission, { decision: 'undecide' })
    setSaid(null)
    const body: SeveralDecided = { decision: 'undecide', submissions: [...last.ids] }
    const ended = await deciding.send(
      { method: 'POST', path: '/api/submissions/decisions', body },
      { parse: parseDecided, done: ({ submissions }) => waitingAgainWords(submissions.length) },
    )
    setChanges((before) => before + 1)
    if (ended.kind === 'refused') return
    setLast(null)
    toFocus.current = 0
  }

  function noteRejected(words: string, ids: readonly string[]): void {
    setAsked(null)
    setSaid({ kind: 'done', words })
    setLast(ids.length === 0 ? null : { kind: 'several', ids })
    setChanges((before) => before + 1)
    toFocus.current = 0
  }

  const counts = list?.counts
  return (
    <section
      ref={section}
      aria-labelledby="review-heading"
      className={styles.queue}
      data-testid="review-queue"
    >
      <h2 id="review-heading" ref={heading} tabIndex={-1} className={styles.heading}>
        Photos given by visitors
      </h2>
      <fieldset className={styles.states} aria-label="Which are shown">
        {SUBMISSION_STATES.map((one) => (
          <button key={one} type="button" aria-pressed={state === one} onClick={() => setState(one)}>
            {TITLES[one]}
            {counts === undefined ? '' : ` (${count(counts[one])})`}
          </button>
        ))}
      </fieldset>
      <FaultLine rejection={rejection} />
      <div className={styles.outcome}>
        <OrderOutcome outcome={said ?? deciding.outcome} />
        {last === null ? null : (
          <button type="button" className={styles.undo} onClick={() => void undo(last)}>
            Undo
          </button>
        )}
      </div>
      {list === null ? null : list.submissions.length === 0 ? (
        <p className={styles.quiet}>{NOTHING[state]}</p>
      ) : (
        <ul className={styles.list}>
          {list.submissions.map((submission) => (
            <SubmissionCard
              key={submission.id}
              submission={submission}
              isBusy={deciding.isBusy}
              onDecide={(wish) => void decide(submission, wish)}
            />
          ))}
        </ul>
      )}
      {state === 'waiting' && list !== null && list.submissions.length > 1 ? (
        // Behind them: who gets here has gone past them all.
        <div>
          <Button weight="grave" isBusy={deciding.isBusy} onClick={() => setAsked(list.submissions)}>
            {`Reject ${list.isMore ? 'these' : 'all'} ${count(list.submissions.length)} …`}
          </Button>
        </div>
      ) : null}
      {asked === null ? null : (
        <RejectShownDialog submissions={asked} onDone={noteRejected} onClose={() => setAsked(null)} />
      )}
      {list?.isMore ? (
        <p className={styles.quiet}>
          {state === 'waiting'
            ? 'The others follow as these are decided.'
            : `The newest ${count(list.submissions.length)} of them.`}
        </p>
      ) : null}
      {state === 'accepted' && list !== null && list.submissions.length > 0 ? (
        <p className={styles.quiet}>
          <code>npx worldflora export-submissions FOLDER</code> writes all that are accepted as photos with a
          table of their names, licences and authors, which <code>worldflora import</code> takes.
        </p>
      ) : null}
      {state === 'rejected' ? (
        <p className={styles.quiet}>An hour after their rejection they are deleted, photos and all.</p>
      ) : null}
    </section>
  )
}

function cardsOf(section: HTMLElement | null): HTMLElement[] {
  return [...(section?.querySelectorAll<HTMLElement>('[data-testid="submission"]') ?? [])]
}
