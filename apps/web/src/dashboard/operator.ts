/** Who is looking: the operator's session, opened by a one-time token from the link or from the form. */
'use client'

import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { useCallback, useEffect, useState } from 'react'
import { order, readJson } from '../coordinator/read.ts'

export type OperatorSession =
  | { kind: 'asking' }
  /** `rejection`: why the last attempt to come in failed. */
  | { kind: 'stranger'; rejection: Rejection | null }
  /** `fault`: why the last attempt to log out failed. */
  | { kind: 'operator'; fault: Rejection | null }

export function useOperator() {
  const [session, setSession] = useState<OperatorSession>({ kind: 'asking' })

  const login = useCallback(async (token: string) => {
    const rejection = await order('POST', '/api/login', { token })
    setSession(rejection === null ? { kind: 'operator', fault: null } : { kind: 'stranger', rejection })
  }, [])

  const logout = useCallback(async () => {
    const fault = await order('DELETE', '/api/login')
    setSession(fault === null ? { kind: 'stranger', rejection: null } : { kind: 'operator', fault })
  }, [])

  useEffect(() => {
    const token = tokenIn(location.hash)
    if (token !== null) {
      // It works once, and does not stay in the address.
      history.replaceState(null, '', location.pathname)
      void login(token)
      return
    }
    void readJson('/api/operator', () => ({})).then((answer) => {
      if (!isRejection(answer)) setSession({ kind: 'operator', fault: null })
      else {
        const rejection = answer.code === 'not-operator' ? null : answer
        setSession({ kind: 'stranger', rejection })
      }
    })
  }, [login])

  return { session, login, logout }
}

/** From a pasted link, its fragment, or the token alone; null if there is none. */
export function tokenIn(text: string): string | null {
  const trimmed = text.trim()
  const named = trimmed.match(/token=([^&\s]+)/)?.[1]
  if (named !== undefined) return decodeURIComponent(named)
  return trimmed !== '' && !/[#/\s]/.test(trimmed) ? trimmed : null
}
