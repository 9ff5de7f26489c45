/** A newer model than the one in use: looked for beside the work, offered, and taken up when the person says so (QW5, QW6). */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { OpenedModel, UpdateLook } from './identifier-port.ts'
import type { PageIdentifier } from './use-identifier.ts'

export type UpdateState =
  | { kind: 'none' }
  | { kind: 'offered'; model: OpenedModel }
  | { kind: 'opening' }
  | { kind: 'taken' }
  | { kind: 'refused'; rejection: Rejection }

/** A page may stay open for days. */
const LOOK_AGAIN_MS = 3_600_000

export type ModelUpdate = { state: UpdateState; take(): void; leave(): void }

/** `onTaken` is told when another model is in use. */
export function useModelUpdate(
  { model, ask, note }: Pick<PageIdentifier, 'model' | 'ask' | 'note'>,
  onTaken: () => void,
): ModelUpdate {
  const [state, setState] = useState<UpdateState>({ kind: 'none' })
  const toldOf = useRef(onTaken)
  toldOf.current = onTaken
  const isOpen = model.kind === 'open'
  const isFresh = model.kind === 'open' && model.model.isFresh

  // biome-ignore lint/correctness/useExhaustiveDependencies: whether the first model was fresh is asked once
  useEffect(() => {
    if (!isOpen) return setState({ kind: 'none' })
    let lookedAtMs = isFresh ? performance.now() : Number.NEGATIVE_INFINITY
    const look = async () => {
      lookedAtMs = performance.now()
      const found = await ask((remote) => remote.lookForUpdate() as Promise<UpdateLook>)
      if (isRejection(found) || found.kind === 'out-of-reach') {
        lookedAtMs = Number.NEGATIVE_INFINITY
        return
      }
      if (found.kind === 'same') return
      note({ kept: found.kept })
      if (found.offer !== null) setState({ kind: 'offered', model: found.offer })
    }
    const lookIfDue = () => {
      const isDue = performance.now() - lookedAtMs > LOOK_AGAIN_MS
      if (isDue && document.visibilityState === 'visible') void look()
    }
    lookIfDue()
    const listening = new AbortController()
    const { signal } = listening
    window.addEventListener('online', lookIfDue, { signal })
    document.addEventListener('visibilitychange', lookIfDue, { signal })
    return () => listening.abort()
  }, [isOpen, ask, note])

  const take = useCallback(async () => {
    setState({ kind: 'opening' })
    const taken = await ask((remote) => remote.takeUpdate() as Promise<OpenedModel | Rejection>)
    if (isRejection(taken)) return setState({ kind: 'refused', rejection: taken })
    note(taken)
    setState({ kind: 'taken' })
    toldOf.current()
  }, [ask, note])

  const leave = useCallback(() => setState({ kind: 'none' }), [])
  return { state, take: () => void take(), leave }
}
