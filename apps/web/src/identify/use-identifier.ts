/** The identifier in its Web Worker, and how far its model is, as states of the page. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { proxy, type Remote, wrap } from 'comlink'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Answer } from './answer.ts'
import {
  crashed,
  type Identifier,
  type NamingStage,
  type OpenedModel,
  type OpeningStage,
  type PhotoRejection,
} from './identifier-port.ts'

export type ModelState =
  | { kind: 'opening'; stage: OpeningStage | null }
  | { kind: 'open'; model: OpenedModel }
  | { kind: 'refused'; rejection: Rejection }

export type Naming = (
  photos: readonly Blob[],
  onStage: (stage: NamingStage) => void,
) => Promise<Answer | Rejection | PhotoRejection>

type Thread = { remote: Remote<Identifier>; died: Promise<Rejection>; terminate(): void }

export function useIdentifier(): { model: ModelState; name: Naming; again(): void } {
  const [model, setModel] = useState<ModelState>({ kind: 'opening', stage: null })
  const [attempt, setAttempt] = useState(0)
  const thread = useRef<{ own: Thread; opened: Promise<OpenedModel | Rejection> } | null>(null)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a new worker
  useEffect(() => {
    let current = true
    setModel({ kind: 'opening', stage: null })
    const own = spawn()
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

  const name = useCallback<Naming>(async (photos, onStage) => {
    const { own, opened } = thread.current!
    const model = await opened
    if (isRejection(model)) return model
    return unlessDead(
      own,
      own.remote.name(photos, proxy(onStage)) as Promise<Answer | Rejection | PhotoRejection>,
    )
  }, [])

  const again = useCallback(() => setAttempt((before) => before + 1), [])
  return { model, name, again }
}

function spawn(): Thread {
  // Bundlers find the worker by exactly this expression.
  const worker = new Worker(new URL('./identifier.worker.ts', import.meta.url), { type: 'module' })
  const died = new Promise<Rejection>((resolve) => {
    worker.addEventListener('error', (event) => resolve(crashed(event.message || 'its script did not load')))
  })
  return { remote: wrap<Identifier>(worker), died, terminate: () => worker.terminate() }
}

/** The answer; or why there will be none. */
async function unlessDead<T>(thread: Thread, answer: Promise<T>): Promise<T | Rejection> {
  const told = answer.catch((error: unknown) =>
    crashed(error instanceof Error ? error.message : String(error)),
  )
  return Promise.race([told, thread.died])
}
