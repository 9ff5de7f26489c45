/** The rows of the workers' table: filtered by words, sorted by a column. */
import type { WorkerSummary } from '@worldflora/protocol/operator'
import { count, counted } from '../words/amounts.ts'

export type WorkerColumn = 'id' | 'kind' | 'doing' | 'images' | 'pace'
export type WorkerOrder = { column: WorkerColumn; direction: 'ascending' | 'descending' }

const KEYS: Record<WorkerColumn, (worker: WorkerSummary) => string | number> = {
  id: ({ id }) => id,
  kind: kindOf,
  doing: doingOf,
  images: ({ images }) => images,
  pace: ({ imagesPerSecond }) => imagesPerSecond ?? -1,
}

export function kindOf({ host, backend }: WorkerSummary): string {
  const computes = { wasm: 'WASM', webgpu: 'WebGPU', cpu: 'plain JavaScript' }[backend]
  return `${host === 'browser' ? 'Tab' : 'Node'}, ${computes}`
}

const DOING: { [kind: string]: string } = { evaluate: 'measuring', 'extract-features': 'describing' }

export function doingOf({ connected, working }: WorkerSummary): string {
  if (!connected) return 'away'
  if (working === null) return 'waiting'
  return `${DOING[working.kind] ?? 'training'} ${working.run}, step ${count(working.step)}, ${counted(working.tasks, 'task')}`
}

/** Every word of `filter` must occur. Equal rows stand in the order of their ids. */
export function rowsOf(
  workers: readonly WorkerSummary[],
  filter: string,
  { column, direction }: WorkerOrder,
): WorkerSummary[] {
  const words = filter.toLowerCase().split(/\s+/)
  const key = KEYS[column]
  const sign = direction === 'ascending' ? 1 : -1
  return workers
    .filter((worker) => {
      const text = `${worker.id} ${kindOf(worker)} ${doingOf(worker)}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
    .sort((a, b) => sign * compare(key(a), key(b)) || compare(a.id, b.id))
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}
