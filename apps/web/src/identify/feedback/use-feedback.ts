/** What is said of the plant on the page, and what became of its photos if they were given. The next plant begins without either. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type Gift, giveTo } from './give.ts'
import type { Said } from './said.ts'

export type Giving =
  | { kind: 'not-given' }
  | { kind: 'copying'; done: number; total: number }
  /** `share` of the bytes are on their way. */
  | { kind: 'sending'; share: number }
  | { kind: 'given'; photos: number }
  | { kind: 'refused'; rejection: Rejection }

export type Feedback = {
  said: Said | null
  giving: Giving
  say(said: Said | null): void
  /** FB2: nothing else sends anything. */
  give(gift: Gift): void
  /** Ends what is under way. */
  stop(): void
}

export function useFeedback(isEmpty: boolean): Feedback {
  const [said, setSaid] = useState<Said | null>(null)
  const [giving, setGiving] = useState<Giving>({ kind: 'not-given' })
  const underWay = useRef<AbortController | null>(null)

  const stop = useCallback(() => {
    underWay.current?.abort()
    underWay.current = null
    setGiving({ kind: 'not-given' })
  }, [])

  useEffect(() => {
    if (!isEmpty) return
    setSaid(null)
    stop()
  }, [isEmpty, stop])

  useEffect(() => () => underWay.current?.abort(), [])

  const give = useCallback(async (gift: Gift) => {
    const own = new AbortController()
    underWay.current = own
    const tell = (stage: Giving) => {
      if (underWay.current === own) setGiving(stage)
    }
    const outcome = await giveTo('/api/submissions', gift, tell, own.signal)
    tell(
      isRejection(outcome)
        ? { kind: 'refused', rejection: outcome }
        : { kind: 'given', photos: outcome.photos },
    )
  }, [])

  return { said, giving, say: setSaid, give: (gift) => void give(gift), stop }
}
