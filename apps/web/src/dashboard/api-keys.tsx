/** The programs that may ask for names: their keys, how often each was used today, one more, one less (AK1). */
'use client'

import type { ApiKeySummary, MadeApiKey } from '@worldflora/protocol/api-keys'
import { useMemo, useState } from 'react'
import { parseKey, parseKeys, parseMadeKey } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { FaultLine } from '../design/fault-line.tsx'
import { Notice } from '../design/notice.tsx'
import { count } from '../words/amounts.ts'
import styles from './api-keys.module.css'
import { AskDialog } from './ask-dialog.tsx'
import { KeyForm } from './key-form.tsx'
import { useOrder } from './order.ts'
import { OrderOutcome } from './order-outcome.tsx'

const REST_MS = 3000

export function ApiKeys({ news }: { news: unknown }) {
  const [changes, setChanges] = useState(0)
  const anyNews = useMemo(() => ({ news, changes }), [news, changes])
  const { value: keys, rejection } = useReading('/api/keys', parseKeys, { news: anyNews, restMs: REST_MS })
  const making = useOrder()
  const revoking = useOrder()
  const [made, setMade] = useState<MadeApiKey | null>(null)
  const [leaving, setLeaving] = useState<ApiKeySummary | null>(null)
  const good = keys?.filter(({ revokedAt }) => revokedAt === null) ?? []

  async function revoke({ id, name }: ApiKeySummary): Promise<void> {
    const ended = await revoking.send(
      { method: 'DELETE', path: `/api/keys/${id}` },
      { parse: parseKey, done: () => `The key of “${name}” is good for nothing any more.` },
    )
    if (ended.kind === 'refused') return
    setLeaving(null)
    if (made?.id === id) setMade(null)
    setChanges((before) => before + 1)
  }

  return (
    <section aria-labelledby="keys-heading" className={styles.keys}>
      <h2 id="keys-heading">Keys for programs</h2>
      <p className={styles.quiet}>
        With a key a program asks this site for names, as it would ask Pl@ntNet.{' '}
        <a href="/v2/docs">What it may ask</a>
      </p>
      <FaultLine rejection={rejection} />
      {good.length === 0 ? null : (
        <ul className={styles.list}>
          {good.map((key) => (
            <li key={key.id} data-testid="api-key">
              <span>
                <strong>{key.name}</strong>
                <span className={styles.quiet}>
                  {` ${count(key.usedToday)} of ${count(key.dailyQuota)} today${key.origins.length === 0 ? '' : `, for pages of ${key.origins.join(', ')}`}`}
                </span>
              </span>
              <button type="button" className={styles.revoke} onClick={() => setLeaving(key)}>
                Revoke<span className="visually-hidden">{` “${key.name}”`}</span> …
              </button>
            </li>
          ))}
        </ul>
      )}
      <OrderOutcome outcome={revoking.outcome} />
      {made === null ? null : (
        <Notice tone="calm" said="in-turn" title={`The key of “${made.name}”`}>
          <p>
            <code className={styles.secret} data-testid="made-key">
              {made.key}
            </code>
          </p>
          <p>It is shown this once. Keep it where the program can read it, and nobody else.</p>
        </Notice>
      )}
      <KeyForm
        isBusy={making.isBusy}
        onMake={async (wish) => {
          const ended = await making.send(
            { method: 'POST', path: '/api/keys', body: wish },
            { parse: parseMadeKey, done: ({ name }) => `“${name}” has a key now.` },
          )
          if (ended.kind === 'refused') return false
          setMade(ended.answer)
          setChanges((before) => before + 1)
          return true
        }}
      />
      <OrderOutcome outcome={making.outcome} />
      {leaving === null ? null : (
        <AskDialog
          order={revoking}
          onNo={() => setLeaving(null)}
          onYes={() => void revoke(leaving)}
          question={{
            title: `Revoke the key of “${leaving.name}”?`,
            yes: `Revoke “${leaving.name}”`,
            no: 'Leave it',
            weight: 'grave',
            children: <p>The program is refused from then on, until it is given another key.</p>,
          }}
        />
      )}
    </section>
  )
}
