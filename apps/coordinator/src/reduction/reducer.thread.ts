/** The reducer in a worker thread: the event loop only passes bytes on. */
import { Worker } from 'node:worker_threads'
import type { RunId } from '@worldflora/protocol/ids'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { OpenReduction, ReducedStep, Reducer } from './reducer.ts'

export type Request =
  | { kind: 'open'; run: OpenReduction }
  | { kind: 'add'; runId: RunId; step: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'close-step'; runId: RunId; step: number; samples: number }
export type Answer = null | ReducedStep | Rejection

type Waiting = { answered: Promise<Answer>; resolve(answer: Answer): void; fail(error: Error): void }

/** `onLost` is called when the thread dies by a bug: what waits for it fails, and nothing can be reduced any more. */
export function startReducerThread(onLost: (error: Error) => void): Reducer {
  // The entry brings its own loader; what this process was started with may not suit a thread.
  const thread = new Worker(new URL('./thread-entry.mjs', import.meta.url), { execArgv: [] })
  const waiting = new Map<number, Waiting>()
  let nextId = 0
  let end: Error | null = null

  thread.on('message', ({ id, answer }: { id: number; answer: Answer }) => {
    waiting.get(id)?.resolve(answer)
    waiting.delete(id)
  })
  thread.on('error', lose)
  thread.on('exit', () => lose(new Error('the reduction thread has ended')))

  function lose(error: Error): void {
    for (const { fail } of waiting.values()) fail(error)
    waiting.clear()
    if (end !== null) return
    end = error
    onLost(error)
  }

  function ask(request: Request, transfer: ArrayBuffer[] = []): Promise<Answer> {
    if (end !== null) return Promise.reject(end)
    const id = nextId++
    const { promise, resolve, reject } = deferred<Answer>()
    waiting.set(id, { answered: promise, resolve, fail: reject })
    thread.postMessage({ id, request }, transfer)
    return promise
  }

  return {
    open: (run) => ask({ kind: 'open', run }) as Promise<null | Rejection>,
    add({ runId, step, bytes }) {
      // Only a whole buffer can be handed over: the rest of a shared one belongs to somebody else.
      const owned = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes)
      return ask({ kind: 'add', runId, step, bytes: owned }, [owned.buffer]) as Promise<null | Rejection>
    },
    closeStep: ({ runId, step, samples }) =>
      ask({ kind: 'close-step', runId, step, samples }) as Promise<ReducedStep | Rejection>,
    async close() {
      end ??= new Error('the reduction was closed')
      await Promise.allSettled([...waiting.values()].map(({ answered }) => answered))
      await thread.terminate()
    },
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
