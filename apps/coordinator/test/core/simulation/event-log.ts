/** The last events of a scenario, put into words only when somebody has to read them. */
import type { CoreEvent, Effect } from '../../../src/core/events.ts'

const REMEMBERED = 60
const LONGEST_LINE = 260

export class EventLog {
  readonly #last: { atMs: number; event: CoreEvent; effects: readonly Effect[] }[] = []
  #count = 0

  add(atMs: number, event: CoreEvent, effects: readonly Effect[]): void {
    this.#last[this.#count++ % REMEMBERED] = { atMs, event, effects }
  }

  lines(): string[] {
    const from = Math.max(0, this.#count - REMEMBERED)
    return Array.from({ length: this.#count - from }, (_, n) => {
      const { atMs, event, effects } = this.#last[(from + n) % REMEMBERED]!
      const line = `${(atMs / 1000).toFixed(3)} s  ${inWords(event)}`
      return [line, ...effects.map((effect) => `    -> ${inWords(effect)}`)].join('\n')
    })
  }
}

function inWords({ kind, ...rest }: CoreEvent | Effect): string {
  const words = Object.entries(rest).map(([name, value]) => `${name} ${valueInWords(value)}`)
  const line = [kind, ...words].join(', ')
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}...` : line
}

function valueInWords(value: unknown): string {
  if (value instanceof Set) return `(${value.size})`
  if (typeof value !== 'object' || value === null) return String(value)
  if ('leaseId' in value && 'tasks' in value) return leaseInWords(value as LeaseShown)
  if ('description' in value) return 'as the store has it'
  return JSON.stringify(value).replaceAll('"', '')
}

type LeaseShown = {
  leaseId: string
  durationMs: number
  tasks: { kind: string; step: number; task: number }[]
}

function leaseInWords({ leaseId, durationMs, tasks }: LeaseShown): string {
  const [first] = tasks
  return `${leaseId} for ${durationMs} ms: ${first!.kind} ${first!.step}/${tasks.map(({ task }) => task).join('+')}`
}
