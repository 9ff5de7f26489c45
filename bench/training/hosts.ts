/** Where a network can stand: a worker thread of Node, a worker of a tab. */
import type { Direction, StandOrder } from './network-stand.ts'

/** Resolves once the stand is open. */
export type OpenHost = (order: StandOrder) => Promise<Host>
export type Host = {
  /** Of a GPU. */
  adapter: string | null
  measure(direction: Direction, seconds: number): Promise<number>
  close(): Promise<void>
}
