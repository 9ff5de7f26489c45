/** Why a checkpoint is kept, in words. */
import type { KeptCheckpoint } from '@worldflora/protocol/http'

const WHY: Record<KeptCheckpoint['why'][number], string> = {
  latest: 'the latest',
  recent: 'the one before',
  start: 'the beginning',
  newest: 'among the newest',
  best: 'the best so far',
  measuring: 'being measured',
}

export function keptWords({ why }: Pick<KeptCheckpoint, 'why'>): string {
  const words = why.map((reason) => WHY[reason]).join(', ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** From the text of a field: empty means no changes; null if it is not a JSON object. */
export function changesIn(text: string): { [field: string]: unknown } | null {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as { [field: string]: unknown }) : null
  } catch {
    return null
  }
}
