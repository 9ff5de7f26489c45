/** For who came without a link: paste it here, or learn how to get one. */
'use client'

import type { Rejection } from '@worldflora/protocol/rejection'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '../design/button.tsx'
import { Notice } from '../design/notice.tsx'
import styles from './login.module.css'
import { tokenIn } from './operator.ts'

export function Login({
  rejection,
  onToken,
}: {
  rejection: Rejection | null
  onToken: (token: string) => Promise<void>
}) {
  const [text, setText] = useState('')
  const id = useId()
  const token = tokenIn(text)

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (token !== null) void onToken(token)
  }

  return (
    <form onSubmit={submit} className={styles.login}>
      <h1>For operators</h1>
      <p>
        The dashboard opens with a one-time link. It was printed when the site was started; where the site
        runs, <code>npx worldflora operator-link</code> prints a new one.
      </p>
      <div role="alert">
        {rejection === null ? null : (
          <Notice tone="warm" title={rejection.message}>
            <p>{rejection.action}</p>
          </Notice>
        )}
      </div>
      <div className={styles.field}>
        <label htmlFor={id}>Link or token</label>
        <input
          id={id}
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div>
        <Button type="submit" weight="strong">
          Open the dashboard
        </Button>
      </div>
    </form>
  )
}
