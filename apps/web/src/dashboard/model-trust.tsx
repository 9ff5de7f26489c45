/** How far the published model's answers can be trusted, in a few figures of its calibration. */
'use client'

import type { PublishedModel } from '@worldflora/protocol/published-model'
import { parseModel } from '../coordinator/parse.ts'
import { useReading } from '../coordinator/use-reading.ts'
import { percent } from '../words/amounts.ts'

/** Read again whenever `news` changes. */
export function ModelTrust({ news, className }: { news: unknown; className: string | undefined }) {
  const { value } = useReading('/api/model', parseModel, { news, restMs: 5000 })
  return value === null ? null : <p className={className}>{trustWords(value)}</p>
}

const points = (share: number) => (100 * share).toFixed(1)

export function trustWords({ calibration }: Pick<PublishedModel, 'calibration'>): string {
  if (calibration === null) return 'Its answers are not calibrated yet.'
  const { temperature, measured, plantCheck, lacking } = calibration
  const scores =
    temperature === null || measured === null
      ? []
      : [
          `Temperature ${temperature.toFixed(2)}; its scores are ${points(measured.ece)} points off on average (${points(measured.eceFloor)} of that is chance).`,
        ]
  const check =
    plantCheck === null
      ? []
      : [
          `It refuses ${percent(plantCheck.plantsRefused)} of plants and ${percent(plantCheck.nonPlantsRefused)} of drawn pictures without one.`,
        ]
  return [...scores, ...check, ...lacking].join(' ')
}
