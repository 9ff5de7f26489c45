/**
 * Bodies of results on their way in. A lease has one at a time: a later one, on a new connection, ends the earlier. One
 * that hardly comes on is given up, so that it does not keep its room from others until its connection times out.
 */
import type { IncomingMessage } from 'node:http'
import type { LeaseId } from '@worldflora/protocol/ids'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Clock } from '../clock.ts'

/** In every such time so many bytes have to come, or the end. */
const STALL_MS = 20_000
const STALL_BYTES = 64 << 10

export type UploadEnd = 'whole' | 'too-large' | 'stalled' | 'too-slow' | 'replaced' | 'gone'

export class Uploads {
  readonly #clock: Clock
  readonly #current = new Map<LeaseId, AbortController>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** `job` is done while the lease's body is on its way; the signal says that it came to an end before. */
  async attend<T>(
    leaseId: LeaseId,
    incoming: IncomingMessage,
    job: (upload: Upload) => Promise<T>,
  ): Promise<T> {
    this.#current.get(leaseId)?.abort('replaced' satisfies UploadEnd)
    const controller = new AbortController()
    this.#current.set(leaseId, controller)
    const onClose = () => controller.abort('gone' satisfies UploadEnd)
    incoming.once('close', onClose)
    try {
      return await job(new Upload(incoming, controller.signal, this.#clock))
    } finally {
      incoming.off('close', onClose)
      if (this.#current.get(leaseId) === controller) this.#current.delete(leaseId)
    }
  }
}

export class Upload {
  /** Aborted when it is replaced, its time is over, or its connection is gone. */
  readonly signal: AbortSignal
  readonly #incoming: IncomingMessage
  readonly #clock: Clock

  constructor(incoming: IncomingMessage, signal: AbortSignal, clock: Clock) {
    this.#incoming = incoming
    this.signal = signal
    this.#clock = clock
  }

  /** Why the signal was given. */
  get end(): Exclude<UploadEnd, 'whole'> {
    return this.signal.reason
  }

  /** `write` gets each piece as it comes, and says whether there was room for it. */
  receive(write: (chunk: Uint8Array) => boolean): Promise<UploadEnd> {
    const { signal } = this
    const incoming = this.#incoming
    if (signal.aborted) return Promise.resolve(this.end)
    return new Promise((resolve) => {
      let received = 0
      let receivedBefore = 0
      const alarm = this.#clock.alarm(() => {
        if (received - receivedBefore < STALL_BYTES) finish('stalled')
        else watch()
      })
      const watch = () => {
        receivedBefore = received
        alarm.set(this.#clock.nowMs() + STALL_MS)
      }
      const onData = (chunk: Uint8Array) => {
        received += chunk.byteLength
        if (!write(chunk)) finish('too-large')
      }
      const onEnd = () => finish('whole')
      const onAbort = () => finish(this.end)
      const finish = (end: UploadEnd) => {
        alarm.set(null)
        incoming.off('data', onData)
        incoming.off('end', onEnd)
        incoming.pause()
        signal.removeEventListener('abort', onAbort)
        resolve(end)
      }
      watch()
      incoming.on('data', onData)
      incoming.once('end', onEnd)
      signal.addEventListener('abort', onAbort)
    })
  }
}

/** What the sender is told, if it still listens. It may send the body again. */
export function brokenUpload(end: Exclude<UploadEnd, 'whole'>, mostBytes: number): Rejection {
  switch (end) {
    case 'too-large':
      return reject('too-large', `At most ${mostBytes} bytes are taken here.`, 'Send less at once.')
    case 'stalled':
      return reject('upload-stalled', 'The body came to a standstill.', 'Send it again.')
    case 'too-slow':
      return reject(
        'upload-too-slow',
        'The body took too long to come.',
        'Send less at once, or over a faster connection.',
      )
    case 'replaced':
      return reject(
        'upload-replaced',
        'The lease’s result comes on another connection.',
        'Wait for that one.',
      )
    case 'gone':
      return reject('upload-broken', 'The connection ended before the body did.', 'Send it again.')
  }
}
