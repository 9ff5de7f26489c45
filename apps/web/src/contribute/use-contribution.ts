/** The worker of this tab, as states. Stopping shows at once; a new start waits until the old worker has gone. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { type Activity, startBrowserWorker } from '@worldflora/worker/browser'
import { useCallback, useEffect, useRef, useState } from 'react'
import { BUILD } from '../coordinator/build.ts'
import { isOutdated, noteGoingOn, readGoingOn } from './going-on.ts'

export type ContributionState =
  | { kind: 'stopped' }
  | { kind: 'contributing'; activity: Activity | null }
  | { kind: 'reloading' }
  | { kind: 'ended'; rejection: Rejection }

type Worker = ReturnType<typeof startBrowserWorker>

/** `cores`: holds at once, also while it computes. */
export function useContribution(cores: number) {
  const [state, setState] = useState<ContributionState>({ kind: 'stopped' })
  /** The last that was heard, so that the sums stay when it has stopped. */
  const [last, setLast] = useState<Activity | null>(null)
  const worker = useRef<Worker | null>(null)
  const leaving = useRef<Promise<void>>(Promise.resolve())
  const reloads = useRef(true)
  const wanted = useRef(cores)

  const start = useCallback(async () => {
    setState({ kind: 'contributing', activity: null })
    await leaving.current
    if (worker.current !== null) return
    const own = startBrowserWorker({
      build: BUILD,
      cores: wanted.current,
      onActivity: (activity) => {
        if (worker.current !== own) return
        setLast(activity)
        setState({ kind: 'contributing', activity })
      },
    })
    worker.current = own
    const outcome = await own.done
    if (worker.current !== own) return
    worker.current = null
    if (!isRejection(outcome)) setState({ kind: 'stopped' })
    else if (isOutdated(outcome.code) && reloads.current) {
      setState({ kind: 'reloading' })
      noteGoingOn(sessionStorage, BUILD)
      location.reload()
    } else setState({ kind: 'ended', rejection: outcome })
  }, [])

  const stop = useCallback(() => {
    const own = worker.current
    worker.current = null
    setState({ kind: 'stopped' })
    if (own !== null) leaving.current = own.stop().catch(() => {})
  }, [])

  useEffect(() => {
    wanted.current = cores
    worker.current?.setCores(cores)
  }, [cores])

  useEffect(() => {
    const goingOn = readGoingOn(sessionStorage, BUILD)
    reloads.current = goingOn !== 'same-build-again'
    if (goingOn !== 'fresh') void start()
    return stop
  }, [start, stop])

  return { state, last, start, stop }
}
