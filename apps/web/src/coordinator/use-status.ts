/** The site's status, live: GET /api/status at first and after each reconnect, then what the socket announces. */
'use client'

import { isRejection } from '@worldflora/protocol/rejection'
import type { Status } from '@worldflora/protocol/status'
import { useEffect, useState } from 'react'
import { io } from 'socket.io-client'
import { parseRuns, parseStatus } from './parse.ts'
import { readJson } from './read.ts'
import { Refresher } from './refresher.ts'

/** The socket tells of runs; how many workers there are, and which model, is asked for this seldom. */
const WHOLE_STATUS_REST_MS = 3000

export type LiveStatus = { status: Status | null; connection: 'connecting' | 'live' | 'away' }

/** `againMs`: for who must also see what is announced to nobody, such as trouble with the data folder. */
export function useStatus({ againMs }: { againMs?: number } = {}): LiveStatus {
  const [live, setLive] = useState<LiveStatus>({ status: null, connection: 'connecting' })

  useEffect(() => {
    const whole = new Refresher(async () => {
      const status = await readJson('/api/status', parseStatus)
      setLive((before) =>
        isRejection(status) ? { ...before, connection: 'away' } : { status, connection: 'live' },
      )
    }, WHOLE_STATUS_REST_MS)
    whole.ask()
    const socket = io()
    socket.on('connect', () => whole.ask())
    socket.on('disconnect', () => setLive((before) => ({ ...before, connection: 'away' })))
    socket.on('status-changed', (value: unknown) => {
      const runs = parseRuns(value)
      if (isRejection(runs)) return
      setLive(({ status, connection }) => ({ status: status && { ...status, runs }, connection }))
      whole.ask()
    })
    const again = againMs === undefined ? undefined : setInterval(() => whole.ask(), againMs)
    return () => {
      clearInterval(again)
      whole.close()
      socket.disconnect()
    }
  }, [againMs])

  return live
}
