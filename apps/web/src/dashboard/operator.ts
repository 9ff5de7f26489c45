'use client'
/** Who is looking: the operator's session, opened by a one-time token from the link or from the form. */
import { useCallback, useEffect, useState } from 'react'

export type OperatorSession =
  | { kind: 'asking' }
  | { kind: 'stranger'; note: string | null }
  | { kind: 'operator' }

export function useOperator() {
  const [session, setSession] = useState<OperatorSession>({ kind: 'asking' })

  const login = useCallback(async (token: string) => {
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    })
    if (response.ok) return setSession({ kind: 'operator' })
    const body = await response.json().catch(() => null)
    setSession({ kind: 'stranger', note: body?.message ?? 'That token was not accepted.' })
  }, [])

  const logout = useCallback(async () => {
    await fetch('/api/login', { method: 'DELETE' })
    setSession({ kind: 'stranger', note: null })
  }, [])

  useEffect(() => {
    const token = new URLSearchParams(location.hash.slice(1)).get('token')
    if (token !== null) {
      // The token works once; it does not stay in the address.
      history.replaceState(null, '', location.pathname)
      login(token)
      return
    }
    fetch('/api/operator').then(
      (response) => setSession(response.ok ? { kind: 'operator' } : { kind: 'stranger', note: null }),
      () => setSession({ kind: 'stranger', note: 'The site cannot be reached at the moment.' }),
    )
  }, [login])

  return { session, login, logout }
}
