/** What an address of the API says, read again whenever `news` changes. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useEffect, useRef, useState } from 'react'
import { type Parse, readJson } from './read.ts'
import { Refresher } from './refresher.ts'

/** `value` is the last that was read of this address; `rejection` says why the latest attempt failed. */
export type Reading<T> = { value: T | null; rejection: Rejection | null }

export function useReading<T>(
  path: string,
  parse: Parse<T>,
  { news, restMs }: { news: unknown; restMs: number },
): Reading<T> {
  const [reading, setReading] = useState<Reading<T>>({ value: null, rejection: null })
  const refresher = useRef<Refresher | null>(null)

  useEffect(() => {
    setReading({ value: null, rejection: null })
    let current = true
    const own = new Refresher(async () => {
      const answer = await readJson(path, parse)
      if (!current) return
      setReading((before) =>
        isRejection(answer)
          ? { value: before.value, rejection: answer }
          : { value: answer as T, rejection: null },
      )
    }, restMs)
    refresher.current = own
    own.ask()
    return () => {
      current = false
      own.close()
    }
  }, [path, parse, restMs])

  // biome-ignore lint/correctness/useExhaustiveDependencies: news is the reason to read, not a part of what is read
  useEffect(() => refresher.current?.ask(), [news])

  return reading
}
