/** A partial sum (protocol/partial-sum), of one task or several, as threads are told of it: where its bytes are, and how to read them. */
import type { PagedBytes } from './pages.ts'

export type Contribution = {
  coding: 'plain' | 'coded'
  tasks: number
  /** Where each segment begins, and where the last one ends. */
  offsets: Uint32Array
} & PagedBytes
