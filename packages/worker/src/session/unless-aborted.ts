/** A promise that is not waited for beyond an abort. */

/** Rejects at once when the signal aborts; what is under way goes on unheard. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {})
    return Promise.reject(signal.reason)
  }
  return new Promise((resolve, fail) => {
    const abort = () => fail(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, fail).finally(() => signal.removeEventListener('abort', abort))
  })
}
