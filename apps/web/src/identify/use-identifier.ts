/** The identifier in its Web Worker, and how far its model is, as states of the page. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { proxy, type Remote } from 'comlink'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Answer } from './answer.ts'
import type { Identifier, NamingStage, OpenedModel, OpeningStage, PhotoRejection } from './identifier-port.ts'
import { type IdentifierThread, startThread, unlessDead } from './identifier-thread.ts'
import type { Narrowing } from './narrowing/narrowing.ts'

export type ModelState =
  | { kind: 'opening'; stage: OpeningStage | null }
  | { kind: 'open'; model: OpenedModel }
  | { kind: 'refused'; rejection: Rejection }

export type Naming = (
  photos: readonly Blob[],
  narrowing: Narrowing,
  onStage: (stage: NamingStage) => void,
) => Promise<Answer | Rejection | PhotoRejection>

/** Asks the worker something, once its model is open. */
export type Ask = <T>(question: (remote: Remote<Identifier>) => Promise<T>) => Promise<T | Rejection>

export type PageIdentifier = {
  model: ModelState
  name: Naming
  /** With another worker, after a refusal. */
  again(): void
  ask: Ask
  /** What is said of the open model is different now. */
  note(change: Partial<OpenedModel>): void
}

export function useIdentifier(): PageIdentifier {
  const [model, setModel] = useState<ModelState>({ kind: 'opening', stage: null })
  const [attempt, setAttempt] = useState(0)
  const thread = useRef<{ own: IdentifierThread; opened: Promise<OpenedModel | Rejection> } | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a new worker
  useEffect(() => {
    let current = true
    setModel({ kind: 'opening', stage: null })
    const own = startThread()
    const onStage = (stage: OpeningStage) => {
      // A stage travels by a channel of its own, and may arrive after the answer.
      if (current) setModel((before) => (before.kind === 'opening' ? { kind: 'opening', stage } : before))
    }
    const opened = unlessDead(own, own.remote.open(proxy(onStage)) as Promise<OpenedModel | Rejection>)
    thread.current = { own, opened }
    void opened.then((answer) => {
      if (!current) return
      setModel(isRejection(answer) ? { kind: 'refused', rejection: answer } : { kind: 'open', model: answer })
    })
    return () => {
      current = false
      own.terminate()
    }
  }, [attempt])

  const ask = useCallback<Ask>(async (question) => {
    const { own, opened } = thread.current!
    const model = await opened
    return isRejection(model) ? model : unlessDead(own, question(own.remote))
  }, [])

  const name = useCallback<Naming>(
    (photos, narrowing, onStage) =>
      ask(
        (remote) =>
          remote.name(photos, narrowing, proxy(onStage)) as unknown as Promise<
            Answer | Rejection | PhotoRejection
          >,
      ),
    [ask],
  )

  const note = useCallback((change: Partial<OpenedModel>) => {
    setModel((before) =>
      before.kind === 'open' ? { kind: 'open', model: { ...before.model, ...change } } : before,
    )
  }, [])

  const again = useCallback(() => setAttempt((before) => before + 1), [])
  return { model, name, again, ask, note }
}
