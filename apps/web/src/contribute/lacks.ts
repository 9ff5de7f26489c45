/** What this browser cannot do here; the page says what that costs, and what helps. */
export type Lack = 'webgpu' | 'locks' | 'storage' | 'insecure'

export type Host = { isSecure: boolean; hasWebgpu: boolean; hasLocks: boolean; hasStorage: boolean }

export function hostOf(window: Window & typeof globalThis): Host {
  return {
    isSecure: window.isSecureContext,
    hasWebgpu: 'gpu' in window.navigator,
    hasLocks: 'locks' in window.navigator,
    hasStorage: 'indexedDB' in window,
  }
}

export function lacksOf({ isSecure, hasWebgpu, hasLocks, hasStorage }: Host): Lack[] {
  const lacks: Lack[] = []
  if (!hasWebgpu) lacks.push('webgpu')
  if (!hasLocks) lacks.push('locks')
  if (!hasStorage) lacks.push('storage')
  if (!isSecure && lacks.length > 0) lacks.push('insecure')
  return lacks
}
