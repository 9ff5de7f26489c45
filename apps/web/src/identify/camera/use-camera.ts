/** The device's camera while a dialog shows it. Whatever happens, it is switched off with the dialog. */
'use client'

import { useCallback, useEffect, useState } from 'react'
import { LONGEST_SIDE } from '../photo/fitted-size.ts'

/** `denied`: somebody said no; `none`: there is no camera; `busy`: it is there and gives no picture. */
export type CameraRefusal = 'denied' | 'none' | 'busy'

export type CameraState =
  | { kind: 'starting' }
  | { kind: 'live'; stream: MediaStream }
  | { kind: 'refused'; why: CameraRefusal }

/** The camera that looks away from who holds the device, where there are two; shaped as photos are. */
const WANTED: MediaStreamConstraints = {
  audio: false,
  video: {
    facingMode: { ideal: 'environment' },
    width: { ideal: LONGEST_SIDE },
    height: { ideal: (LONGEST_SIDE * 3) / 4 },
  },
}

export function useCamera(): { state: CameraState; again: () => void } {
  const [state, setState] = useState<CameraState>({ kind: 'starting' })
  const [attempt, setAttempt] = useState(0)

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks anew
  useEffect(() => {
    let current = true
    let stream: MediaStream | null = null
    setState({ kind: 'starting' })
    const refuse = (why: CameraRefusal) => {
      if (current) setState({ kind: 'refused', why })
    }
    navigator.mediaDevices.getUserMedia(WANTED).then(
      (opened) => {
        stream = opened
        // The answer to the browser's question may come after the dialog has gone.
        if (!current) return switchOff(opened)
        // Unplugged, or taken by another program.
        opened.getVideoTracks()[0]?.addEventListener('ended', () => refuse('busy'))
        setState({ kind: 'live', stream: opened })
      },
      (error: unknown) => refuse(refusalOf(error)),
    )
    return () => {
      current = false
      if (stream !== null) switchOff(stream)
    }
  }, [attempt])

  const again = useCallback(() => setAttempt((before) => before + 1), [])
  return { state, again }
}

function switchOff(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

/** Names of the standard: https://w3c.github.io/mediacapture-main/#dom-mediadevices-getusermedia */
const REFUSALS: { [name in string]?: CameraRefusal } = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
}

export function refusalOf(error: unknown): CameraRefusal {
  return (error instanceof Error ? REFUSALS[error.name] : undefined) ?? 'busy'
}
