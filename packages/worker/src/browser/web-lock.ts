/** Browsers freeze hidden tabs unless they hold a Web Lock. Shared, so that every tab gets it at once. */
const NAME = 'worldflora-computing'

/** Held until the promise settles. Over plain http there are no Web Locks: then nothing is held. */
export function holdWebLock(until: Promise<unknown>): void {
  if (!hasWebLocks()) return
  const settled = until.catch(() => {})
  navigator.locks.request(NAME, { mode: 'shared' }, () => settled).catch(() => {})
}

export function hasWebLocks(): boolean {
  return 'locks' in navigator && navigator.locks !== undefined
}
