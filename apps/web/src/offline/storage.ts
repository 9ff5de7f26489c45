/** Where this device remembers small choices. */

/** Some browsers forbid it in private windows. */
export function storageOrNull(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}

/** Of what the visitor chose. Where nothing can be remembered it holds until the page is left. */
export function remember(storage: Pick<Storage, 'setItem'> | null, key: string, value: string): void {
  try {
    storage?.setItem(key, value)
  } catch {
    // The storage is full.
  }
}
