'use client'
/** The recogniser's life on the page: model fetched, worker started, ready; and whether it will be there offline. */
import type { PublishedModel } from '@worldflora/protocol/http'
import { type Remote, wrap } from 'comlink'
import { useEffect, useState } from 'react'
import { loadModel } from './model-store.ts'
import type { Recogniser } from './predictor.worker.ts'

export type RecogniserState =
  | { kind: 'loading'; words: string; share: number | null }
  | { kind: 'none' }
  | { kind: 'failed'; words: string }
  | { kind: 'ready'; model: PublishedModel; recogniser: Remote<Recogniser>; offline: boolean }

export function useRecogniser(): RecogniserState {
  const [state, setState] = useState<RecogniserState>({
    kind: 'loading',
    words: 'Looking for the model …',
    share: null,
  })
  useEffect(() => {
    const worker = new Worker(new URL('./predictor.worker.ts', import.meta.url), { type: 'module' })
    let gone = false
    const show = (next: RecogniserState) => {
      if (!gone) setState(next)
    }
    prepare(worker, show).catch((error: Error) => show({ kind: 'failed', words: error.message }))
    return () => {
      gone = true
      worker.terminate()
    }
  }, [])
  return state
}

async function prepare(worker: Worker, show: (state: RecogniserState) => void): Promise<void> {
  const pageKept = keepPage()
  const model = await loadModel((loaded, total) =>
    show({
      kind: 'loading',
      words: `Fetching the model: ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`,
      share: loaded / total,
    }),
  )
  if (model === null) return show({ kind: 'none' })
  show({ kind: 'loading', words: 'Warming up …', share: null })
  const recogniser = wrap<Recogniser>(worker)
  const { description, weights, kept } = model
  await recogniser.open({
    architecture: description.architecture,
    classes: description.species.length,
    weights,
  })
  show({ kind: 'ready', model: description, recogniser, offline: false })
  const offline = kept && (await pageKept)
  show({ kind: 'ready', model: description, recogniser, offline })
}

/** Whether the page itself will open without a network. */
async function keepPage(): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false
  try {
    await navigator.serviceWorker.register('/service-worker.js')
    await navigator.serviceWorker.ready
    return true
  } catch {
    return false
  }
}
