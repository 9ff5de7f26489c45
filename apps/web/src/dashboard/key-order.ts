/** An order about keys: sent, and told how it went. One at a time. */
'use client'

import { isRejection } from '@worldflora/protocol/rejection'
import { useState } from 'react'
import { orderFor, type Parse } from '../coordinator/read.ts'
import type { Outcome } from './run-order.ts'

export function useKeyOrder() {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [isBusy, setBusy] = useState(false)
  return {
    outcome,
    isBusy,
    /** null: it was refused. `words`: what it came to. */
    async send<T extends object>(
      order: { method: 'POST' | 'DELETE'; path: string; body?: unknown },
      parse: Parse<T>,
      words: (answer: T) => string,
    ): Promise<T | null> {
      setBusy(true)
      setOutcome(null)
      const answer = await orderFor(order.method, order.path, order.body, parse)
      setBusy(false)
      if (isRejection(answer)) {
        setOutcome({ kind: 'refused', rejection: answer })
        return null
      }
      setOutcome({ kind: 'done', words: words(answer as T) })
      return answer as T
    },
  }
}
