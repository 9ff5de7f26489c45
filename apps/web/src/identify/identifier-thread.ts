/** The identifier's Web Worker as the page holds it: an answer from it, or why there will be none. */
import type { Rejection } from '@worldflora/protocol/rejection'
import { type Remote, wrap } from 'comlink'
import { crashed, type Identifier } from './identifier-port.ts'

export type IdentifierThread = {
  remote: Remote<Identifier>
  /** Resolves when the worker is beyond answering. */
  died: Promise<Rejection>
  terminate(): void
}

export function startThread(): IdentifierThread {
  // Bundlers find the worker by exactly this expression.
  const worker = new Worker(new URL('./identifier.worker.ts', import.meta.url), { type: 'module' })
  const died = new Promise<Rejection>((resolve) => {
    worker.addEventListener('error', (event) => resolve(crashed(event.message || 'its script did not load')))
  })
  return { remote: wrap<Identifier>(worker), died, terminate: () => worker.terminate() }
}

/** The answer; or why there will be none. */
export async function unlessDead<T>(thread: IdentifierThread, answer: Promise<T>): Promise<T | Rejection> {
  const told = answer.catch((error: unknown) =>
    crashed(error instanceof Error ? error.message : String(error)),
  )
  return Promise.race([told, thread.died])
}
