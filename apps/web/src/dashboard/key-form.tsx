/** What a new key is to be: its program's name, how often a day, and of which pages. */
'use client'

import type { MakeApiKey } from '@worldflora/protocol/api-keys'
import { useId, useState } from 'react'
import { Button } from '../design/button.tsx'
import styles from './api-keys.module.css'

const USUAL_QUOTA = 500
const MOST_QUOTA = 10_000_000

export function KeyForm({
  isBusy,
  onMake,
}: {
  isBusy: boolean
  /** Whether it was made. */
  onMake: (wish: MakeApiKey) => Promise<boolean>
}) {
  const [name, setName] = useState('')
  const [quota, setQuota] = useState(String(USUAL_QUOTA))
  const [origins, setOrigins] = useState('')
  const helpId = useId()
  return (
    <form
      className={`${styles.form} screen-only`}
      onSubmit={async (event) => {
        event.preventDefault()
        if (isBusy) return
        const wish = {
          name,
          dailyQuota: Number(quota),
          origins: origins.split(/[\s,]+/).filter((one) => one !== ''),
        }
        if (await onMake(wish)) {
          setName('')
          setOrigins('')
        }
      }}
    >
      <label>
        Name of the program
        <input required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <label>
        Identifications a day
        <input
          type="number"
          required
          min={0}
          max={MOST_QUOTA}
          step={1}
          value={quota}
          onChange={(event) => setQuota(event.target.value)}
        />
      </label>
      <label>
        Only for pages of
        <input
          value={origins}
          aria-describedby={helpId}
          placeholder="https://example.org"
          onChange={(event) => setOrigins(event.target.value)}
        />
      </label>
      <span id={helpId} className={styles.quiet}>
        Addresses such as https://example.org, several with a space between; empty for programs of any kind.
      </span>
      <Button type="submit" isBusy={isBusy}>
        Make a key
      </Button>
    </form>
  )
}
