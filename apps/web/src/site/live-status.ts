'use client'
/** The site's public state, kept current: asked for once over HTTP, then told by the coordinator over its socket. */
import { Status } from '@worldflora/protocol/http'
import type { CoordinatorEvents, RunStatus } from '@worldflora/protocol/messages'
import { useEffect, useState } from 'react'
import { io, type Socket } from 'socket.io-client'
import * as v from 'valibot'

export type LiveStatus = { runs: RunStatus[]; workers: number; model: Status['model'] } | null

/** null until the first answer; `online` tells whether the coordinator can be reached now. */
export function useLiveStatus(): { status: LiveStatus; online: boolean } {
  const [status, setStatus] = useState<LiveStatus>(null)
  const [online, setOnline] = useState(true)
  useEffect(() => {
    const socket: Socket<CoordinatorEvents> = io()
    const ask = () =>
      fetch('/api/status')
        .then((response) => response.json())
        .then((body) => setStatus(v.parse(Status, body)))
        .catch(() => setOnline(false))
    ask()
    socket.on('connect', () => {
      setOnline(true)
      ask()
    })
    socket.on('disconnect', () => setOnline(false))
    socket.on('status-changed', (runs) => setStatus((known) => known && { ...known, runs }))
    return () => {
      socket.disconnect()
    }
  }, [])
  return { status, online }
}
