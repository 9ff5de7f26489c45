'use client'
/** A JSON answer of the operator's API, asked for again whenever `key` changes. null until the first, or where it fails. */
import { useEffect, useState } from 'react'
import * as v from 'valibot'

export function useAnswer<S extends v.GenericSchema>(
  schema: S,
  path: string,
  key: unknown,
): v.InferOutput<S> | null {
  const [answer, setAnswer] = useState<v.InferOutput<S> | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is what says that there is something new
  useEffect(() => {
    const leaving = new AbortController()
    fetch(path, { signal: leaving.signal })
      .then((response) => response.json())
      .then((body) => setAnswer(v.parse(schema, body)))
      .catch(() => {})
    return () => leaving.abort()
  }, [schema, path, key])
  return answer
}

/** Counts up every `everyMs` while the page is visible: a key for what nobody announces. */
export function useTick(everyMs: number): number {
  const [tick, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setTick((value) => value + 1)
    }, everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return tick
}
