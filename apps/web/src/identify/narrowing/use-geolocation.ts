/** Where the device is, once somebody asks: the browser asks in turn whether this page may know. */
'use client'

import type { Point } from '@worldflora/protocol/places'
import { useEffect, useState } from 'react'

export type Location = { kind: 'unasked' } | { kind: 'asking' } | { kind: 'refused' }

const PATIENCE_MS = 20_000
const OLDEST_MS = 600_000

export function useGeolocation(onPlace: (place: Point) => void) {
  const [location, setLocation] = useState<Location>({ kind: 'unasked' })
  const [isThere, setThere] = useState(false)
  // Over plain http browsers tell nobody.
  useEffect(() => setThere(isSecureContext && 'geolocation' in navigator), [])

  const ask = () => {
    setLocation({ kind: 'asking' })
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        setLocation({ kind: 'unasked' })
        onPlace({ latitude, longitude })
      },
      () => setLocation({ kind: 'refused' }),
      { timeout: PATIENCE_MS, maximumAge: OLDEST_MS },
    )
  }
  return { location, isThere, ask }
}
