/** What a body turned out to be, as threads are told of it: where its bytes are, and how they are to be read. */
import type { PagedBytes } from './pages.ts'

export type Contribution =
  /** protocol/gradient-codec: of one task. */
  | ({ format: 'vector' } & PagedBytes)
  /** protocol/partial-sum: of one task or several. `offsets`: where each segment begins, and where the last one ends. */
  | ({ format: 'partial-sum'; coding: 'plain' | 'coded'; tasks: number; offsets: Uint32Array } & PagedBytes)

export type SummedContribution = Extract<Contribution, { format: 'partial-sum' }>
