/**
 * A tab whose build is older than the site's loads itself again and goes on contributing. What it was is kept over the
 * reload; if the reload brought the same build again, it stops there instead of reloading for ever.
 */
const KEY = 'worldflora:goes-on-from-build'

export type GoingOn = 'fresh' | 'goes-on' | 'same-build-again'

/** Which of the three this page's life is. Asked once: the note is taken away. */
export function readGoingOn(storage: Storage, build: string): GoingOn {
  const before = storage.getItem(KEY)
  storage.removeItem(KEY)
  if (before === null) return 'fresh'
  return before === build ? 'same-build-again' : 'goes-on'
}

export function noteGoingOn(storage: Storage, build: string): void {
  storage.setItem(KEY, build)
}

/** Rejections that a newer page cures. */
export function isOutdated(code: string): boolean {
  return code === 'build-mismatch' || code === 'protocol-mismatch'
}
