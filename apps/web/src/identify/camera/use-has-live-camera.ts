/**
 * Whether the page itself shows the camera. Where a finger points, a file input opens the device's own camera app, which is
 * better; elsewhere it would only look for files.
 */
'use client'

import { useSyncExternalStore } from 'react'

const MOUSE = '(pointer: fine)'

export function useHasLiveCamera(): boolean {
  return useSyncExternalStore(listen, hasLiveCamera, () => false)
}

function hasLiveCamera(): boolean {
  // Over plain http browsers offer no camera.
  return navigator.mediaDevices?.getUserMedia !== undefined && matchMedia(MOUSE).matches
}

function listen(onChange: () => void): () => void {
  const query = matchMedia(MOUSE)
  query.addEventListener('change', onChange)
  return () => query.removeEventListener('change', onChange)
}
