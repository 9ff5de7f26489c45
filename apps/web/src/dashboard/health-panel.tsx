/** How the coordinator itself is: whether it keeps up, and how much memory it has. */
'use client'

import { parseHealth } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { Facts } from '../design/facts.tsx'
import { FaultLine } from '../design/fault-line.tsx'
import { bytes } from '../words/amounts.ts'
import { Curve } from './curve.tsx'
import { delayCurve } from './health-curve.ts'
import styles from './health-panel.module.css'

const REST_MS = 5000

export function HealthPanel({ news }: { news: unknown }) {
  const { value: health, rejection } = useReading('/api/health', parseHealth, { news, restMs: REST_MS })
  return (
    <section aria-labelledby="health-heading" className={styles.health} data-testid="health">
      <h2 id="health-heading">The coordinator</h2>
      <FaultLine rejection={rejection} />
      <Curve testId="delay-curve" {...delayCurve(health)} />
      <p className={styles.quiet}>
        How late it came to what was due. Up to a tenth of a second nobody notices.
      </p>
      {health === null ? null : (
        <Facts
          label="Memory of the coordinator"
          facts={[
            { name: 'Memory', value: bytes(health.rssBytes), note: 'of the whole process' },
            { name: 'JavaScript', value: bytes(health.heapBytes), note: 'of that, in use' },
          ]}
        />
      )}
    </section>
  )
}
