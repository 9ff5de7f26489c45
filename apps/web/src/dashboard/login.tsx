'use client'
import { type FormEvent, useId, useState } from 'react'

/** `onToken` gets the token alone, also where somebody pastes the whole link. */
export function Login({ note, onToken }: { note: string | null; onToken: (token: string) => void }) {
  const [text, setText] = useState('')
  const id = useId()
  function submit(event: FormEvent): void {
    event.preventDefault()
    onToken(text.trim().replace(/^.*token=/, ''))
  }
  return (
    <form onSubmit={submit}>
      <h1>For operators</h1>
      <p>
        The dashboard opens with a one-time link. It was printed when the site was started;{' '}
        <code>npx worldflora operator-link</code>, run where the site runs, prints a new one.
      </p>
      {note !== null && (
        <p className="notice" role="alert">
          {note}
        </p>
      )}
      <p>
        <label htmlFor={id}>Link or token</label>
        <br />
        <input
          id={id}
          type="text"
          autoComplete="off"
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </p>
      <button type="submit" className="primary">
        Open the dashboard
      </button>
    </form>
  )
}
