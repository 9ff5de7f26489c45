/** An order about one run: sent, and told how it went. One at a time. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useState } from 'react'
import { orderFor, type Parse } from '../coordinator/read.ts'

export type Outcome = { kind: 'done'; words: string } | { kind: 'refused'; rejection: Rejection }

export type RunOrder = {
  /** How the last one went; null before the first, and while one is on its way. */
  outcome: Outcome | null
  isBusy: boolean
  send<T>(path: string, body: unknown, answered: Answered<T>): Promise<Outcome>
}

/** How the answer is read, and what it means in words. */
export type Answered<T> = { parse: Parse<T>; done: (answer: T) => string }

/** For an order whose answer says nothing that is not known. */
export function answeredBy(words: string): Answered<object> {
  return { parse: () => ({}), done: () => words }
}

export function useRunOrder(runId: string): RunOrder {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [isBusy, setBusy] = useState(false)
  return {
    outcome,
    isBusy,
    async send(path, body, { parse, done }) {
      setBusy(true)
      setOutcome(null)
      const answer = await orderFor('POST', `/api/runs/${runId}/${path}`, body, parse)
      const outcome: Outcome = isRejection(answer)
        ? { kind: 'refused', rejection: answer }
        : { kind: 'done', words: done(answer) }
      setBusy(false)
      setOutcome(outcome)
      return outcome
    },
  }
}
