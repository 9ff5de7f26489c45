/** Whether the site itself is kept on this device: the service worker has taken all its files. */
'use client'

import { useEffect, useState } from 'react'

export type SiteKept = 'keeping' | 'kept' | 'impossible'

export function useSiteKept(): SiteKept {
  const [kept, setKept] = useState<SiteKept>('keeping')

  useEffect(() => {
    let current = true
    const tell = (now: SiteKept) => {
      if (current) setKept(now)
    }
    // Browsers have no service workers over plain http, and some none in private windows.
    if (!('serviceWorker' in navigator)) tell('impossible')
    else {
      navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => tell('impossible'))
      void navigator.serviceWorker.ready.then(() => tell('kept'))
    }
    return () => {
      current = false
    }
  }, [])

  return kept
}
