/** From a question to its answer: the identifier is asked, how far it is can be shown, and what is narrowed meanwhile is asked once more. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Answer } from './answer.ts'
import type { NamingStage, PhotoRejection } from './identifier-port.ts'
import type { Narrowing } from './narrowing/narrowing.ts'
import type { PageIdentifier } from './use-identifier.ts'

export type NamingState =
  | { kind: 'empty' }
  /** `stage` null: it has only begun. */
  | { kind: 'naming'; stage: NamingStage | null }
  /** `nth` counts the answers since the page was loaded. */
  | { kind: 'named'; answer: Answer; nth: number }
  | { kind: 'refused'; rejection: Rejection }

/** A stage that is over sooner is not worth a word that nobody can read, nor the work of showing it. */
const SHOWN_AFTER_MS = 150

export function useNaming(
  { name, ask: askWorker }: Pick<PageIdentifier, 'name' | 'ask'>,
  narrowing: Narrowing,
) {
  const [state, setState] = useState<NamingState>({ kind: 'empty' })
  /** The latest question: an answer to an older one is dropped, though it be about the same files. */
  const asked = useRef<readonly File[]>([])
  const answers = useRef(0)
  const known = useRef(narrowing)
  known.current = narrowing

  /** What is known of the plant beside its photos is different: the same looks, another answer. */
  const answerAgain = useCallback(async () => {
    const [question, used] = [asked.current, known.current]
    if (question.length === 0) return
    const answer = await askWorker((remote) => remote.answerAgain(used) as Promise<Answer | null>)
    if (answer === null || isRejection(answer)) return
    if (asked.current !== question || known.current !== used) return
    const nth = ++answers.current
    setState((before) => (before.kind === 'named' ? { kind: 'named', answer, nth } : before))
  }, [askWorker])

  // biome-ignore lint/correctness/useExhaustiveDependencies: it is read from where the latest is
  useEffect(() => void answerAgain(), [narrowing, answerAgain])

  /** `question` is an array of its own each time. Resolves with a file that cannot be opened: then the plant is being named until it is asked anew. */
  const ask = useCallback(
    async (question: readonly File[]): Promise<PhotoRejection | null> => {
      asked.current = question
      if (question.length === 0) {
        setState({ kind: 'empty' })
        return null
      }
      setState({ kind: 'naming', stage: null })
      let latest: NamingStage = { kind: 'computing' }
      let isShown = false
      const show = () => {
        isShown = true
        if (asked.current !== question) return
        // A stage travels by a channel of its own, and may arrive after the answer.
        setState((before) => (before.kind === 'naming' ? { kind: 'naming', stage: latest } : before))
      }
      const waiting = setTimeout(show, SHOWN_AFTER_MS)
      const used = known.current
      const answer = await name(question, used, (stage) => {
        latest = stage
        if (isShown) show()
      })
      clearTimeout(waiting)
      if (asked.current !== question) return null
      if (!isRejection(answer)) {
        setState({ kind: 'named', answer, nth: ++answers.current })
        if (known.current !== used) void answerAgain()
        return null
      }
      if ('photo' in answer) return answer
      setState({ kind: 'refused', rejection: answer })
      return null
    },
    [name, answerAgain],
  )

  return { state, ask }
}
