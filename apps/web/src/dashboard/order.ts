/** An order of the operator: sent, and told how it went. One at a time. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useState } from 'react'
import { type Method, orderFor, type Parse } from '../coordinator/read.ts'

export type Outcome = { kind: 'done'; words: string } | { kind: 'refused'; rejection: Rejection }
export type Ended<T> = Exclude<Outcome, { kind: 'done' }> | { kind: 'done'; words: string; answer: T }

export type Order = {
  /** How the last one went; null before the first, and while one is on its way. */
  outcome: Outcome | null
  isBusy: boolean
  send<T>(order: { method: Method; path: string; body?: unknown }, answered: Answered<T>): Promise<Ended<T>>
}

/** How the answer is read, and what it means in words. */
export type Answered<T> = { parse: Parse<T>; done: (answer: T) => string }

/** For an order whose answer says nothing that is not known. */
export function answeredBy(words: string): Answered<object> {
  return { parse: () => ({}), done: () => words }
}

export function useOrder(): Order {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [isBusy, setBusy] = useState(false)
  return {
    outcome,
    isBusy,
    async send<T>(
      { method, path, body }: Parameters<Order['send']>[0],
      { parse, done }: Answered<T>,
    ): Promise<Ended<T>> {
      setBusy(true)
      setOutcome(null)
      const answer = await orderFor(method, path, body, parse)
      const ended: Ended<T> = isRejection(answer)
        ? { kind: 'refused', rejection: answer }
        : { kind: 'done', words: done(answer), answer }
      setBusy(false)
      setOutcome(ended)
      return ended
    },
  }
}
