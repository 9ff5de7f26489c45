/** Whether the site itself is kept on this device: the service worker has taken its files, and the pages in this language. */
'use client'

import { useEffect, useState } from 'react'

export type SiteKept = 'keeping' | 'kept' | 'impossible'

/** Nothing is fetched for it before `isTime`: what the visitor waits for goes first. */
export function useSiteKept(isTime: boolean): SiteKept {
  const [kept, setKept] = useState<SiteKept>('keeping')
  const [hasBegun, setBegun] = useState(false)
  if (isTime && !hasBegun) setBegun(true)

  useEffect(() => {
    if (!hasBegun) return
    let current = true
    const tell = (now: SiteKept) => {
      if (current) setKept(now)
    }
    // Browsers have no service workers over plain http, and some none in private windows.
    if (!('serviceWorker' in navigator)) tell('impossible')
    else {
      navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).catch(() => tell('impossible'))
      void navigator.serviceWorker.ready
        .then(({ active }) => keepLanguage(active!, document.documentElement.lang))
        .then((isKept) => {
          if (isKept) tell('kept')
          // Whoever put the page on their home screen means to keep it, with the model and their plants: others are not asked.
          if (isKept && matchMedia('(display-mode: standalone)').matches) void navigator.storage?.persist?.()
        })
    }
    return () => {
      current = false
    }
  }, [hasBegun])

  return kept
}

/** False where the network or the disk does not allow it. */
function keepLanguage(worker: ServiceWorker, language: string): Promise<boolean> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = ({ data }: MessageEvent<{ kept: boolean }>) => {
      port1.close()
      resolve(data.kept)
    }
    worker.postMessage({ keep: language }, [port2])
  })
}
