/** What this browser cannot do here, what that costs, and what helps. */
export type Host = { isSecure: boolean; hasWebgpu: boolean; hasLocks: boolean; hasStorage: boolean }

export function hostOf(window: Window & typeof globalThis): Host {
  return {
    isSecure: window.isSecureContext,
    hasWebgpu: 'gpu' in window.navigator,
    hasLocks: 'locks' in window.navigator,
    hasStorage: 'indexedDB' in window,
  }
}

export function lacksOf({ isSecure, hasWebgpu, hasLocks, hasStorage }: Host): string[] {
  const lacks: string[] = []
  if (!hasWebgpu) lacks.push('No WebGPU: a graphics card cannot be used, the processor computes (WASM).')
  if (!hasLocks) lacks.push('No Web Locks: keep this tab in front, browsers put hidden tabs to sleep.')
  if (!hasStorage) lacks.push('No storage: photos are fetched again each time you come.')
  if (!isSecure && lacks.length > 0) {
    lacks.push('Browsers offer these over https, or on the machine itself at http://localhost.')
  }
  return lacks
}
