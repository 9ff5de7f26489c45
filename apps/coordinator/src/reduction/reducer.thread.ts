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

type Waiting = { resolve(answer: Answer): void; fail(error: Error): void }

/** `onLost` is called when the thread dies by a bug: nothing can be reduced any more. */
export function startReducerThread(onLost: (error: Error) => void): Reducer {
  const thread = new Worker(new URL('./thread-entry.mjs', import.meta.url))
  const waiting = new Map<number, Waiting>()
  let nextId = 0

  thread.on('message', ({ id, answer }: { id: number; answer: Answer }) => {
    waiting.get(id)?.resolve(answer)
    waiting.delete(id)
  })
  thread.on('error', (error: Error) => {
    for (const { fail } of waiting.values()) fail(error)
    waiting.clear()
    onLost(error)
  })

  function ask(request: Request, transfer: ArrayBuffer[] = []): Promise<Answer> {
    const id = nextId++
    return new Promise((resolve, fail) => {
      waiting.set(id, { resolve, fail })
      thread.postMessage({ id, request }, transfer)
    })
  }

  return {
    open: (run) => ask({ kind: 'open', run }) as Promise<null | Rejection>,
    add: ({ runId, step, bytes }) =>
      ask({ kind: 'add', runId, step, bytes }, [bytes.buffer]) as Promise<null | Rejection>,
    closeStep: ({ runId, step, samples }) =>
      ask({ kind: 'close-step', runId, step, samples }) as Promise<ReducedStep | Rejection>,
    close: async () => void (await thread.terminate()),
  }
}
