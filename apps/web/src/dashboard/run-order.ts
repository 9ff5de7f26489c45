/** An order about one run: sent, and told how it went. One at a time. */
'use client'

import { useState } from 'react'
import { order } from '../coordinator/read.ts'

export type RunOrder = {
  /** How the last one went; '' before the first. */
  said: string
  isBusy: boolean
  send(path: string, body: unknown, done: string): Promise<void>
}

export function useRunOrder(runId: string): RunOrder {
  const [said, setSaid] = useState('')
  const [isBusy, setBusy] = useState(false)
  return {
    said,
    isBusy,
    async send(path, body, done) {
      setBusy(true)
      const rejection = await order('POST', `/api/runs/${runId}/${path}`, body)
      setBusy(false)
      setSaid(rejection === null ? done : `${rejection.message} ${rejection.action}`)
    },
  }
}
