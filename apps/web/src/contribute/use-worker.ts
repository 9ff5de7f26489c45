'use client'
/** The tab as a worker: started and stopped by the volunteer, going on by itself after a reload to a newer build. */
import type { Activity, BrowserWorker } from '@worldflora/worker/browser'
import { useCallback, useEffect, useRef, useState } from 'react'

/** Set while a tab that was contributing loads itself again. */
const GO_ON = 'worldflora-go-on'

export type Contributing =
  | { kind: 'stopped'; note: string | null }
  | { kind: 'working'; activity: Activity | null }
  | { kind: 'stopping' }

export function useWorker() {
  const [state, setState] = useState<Contributing>({ kind: 'stopped', note: null })
  const worker = useRef<BrowserWorker | null>(null)

  const start = useCallback(async () => {
    setState({ kind: 'working', activity: null })
    const { startBrowserWorker } = await import('@worldflora/worker/browser')
    const started = startBrowserWorker({
      build: process.env.NEXT_PUBLIC_BUILD ?? '',
      onActivity: (activity) =>
        setState((now) => (now.kind === 'working' ? { kind: 'working', activity } : now)),
    })
    worker.current = started
    const outcome = await started.done
    worker.current = null
    if (outcome.kind === 'rejection' && outcome.code === 'build-mismatch') {
      sessionStorage.setItem(GO_ON, 'yes')
      location.reload()
      return
    }
    setState({
      kind: 'stopped',
      note: outcome.kind === 'rejection' ? `${outcome.message} ${outcome.action}` : null,
    })
  }, [])

  const stop = useCallback(async () => {
    setState({ kind: 'stopping' })
    await worker.current?.stop()
  }, [])

  useEffect(() => {
    if (sessionStorage.getItem(GO_ON) === null) return
    sessionStorage.removeItem(GO_ON)
    start()
  }, [start])

  return { state, start, stop }
}
