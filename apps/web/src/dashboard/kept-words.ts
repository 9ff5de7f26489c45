/** What is said of kept checkpoints: why they are kept, which would go, and what came of a fork or a rollback. */
import type { ForkedRun, KeptCheckpoint, RolledBackRun } from '@worldflora/protocol/kept-checkpoints'
import { count, counted } from '../words/amounts.ts'

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

/** Steps that are kept for nothing but being among the newest, and would not be with so many of them kept (LC1). */
export function leavingWith(checkpoints: readonly KeptCheckpoint[], newestKept: number): number[] {
  return checkpoints
    .filter(({ why }) => why.includes('newest'))
    .toSorted((a, b) => b.step - a.step)
    .slice(newestKept)
    .filter(({ why }) => why.length === 1)
    .map(({ step }) => step)
    .reverse()
}

export function forkedWords(name: string, { step, optimizer }: ForkedRun): string {
  return `“${name}” has begun, at step ${count(step)}.${freshWords(optimizer)}`
}

export function rolledBackWords(name: string, { step, dropped, optimizer }: RolledBackRun): string {
  const measured = counted(dropped.evaluations + dropped.pending, 'measurement')
  const gone = dropped.steps === 0 ? '' : ` Dropped: ${counted(dropped.steps, 'step')}, ${measured}.`
  const next = ' Resume it to go on from there.'
  return `“${name}” is at step ${count(step)} again, paused.${gone}${freshWords(optimizer)}${next}`
}

function freshWords(optimizer: ForkedRun['optimizer']): string {
  return optimizer === 'fresh' ? ' Its optimizer is another one, and starts afresh.' : ''
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
