/** Which fault comes next: drawn from the seed, so that two churns of one seed differ in nothing but the machine's timing. */
import { RandomStream } from '@worldflora/protocol/random'

export const FAULT_KINDS = [
  /** SIGKILL; replaced at once. */
  'killed',
  /** All its connections are closed under it; it has to come back by itself. */
  'severed',
  /** Its line carries nothing for longer than a lease, and nobody is told; replaced at once, and it comes back late. */
  'frozen',
  /** SIGSTOP for longer than a lease; likewise. */
  'stopped',
  /** kill -9 of the coordinator; started again at once. */
  'coordinator-killed',
] as const
export type FaultKind = (typeof FAULT_KINDS)[number]
export type WorkerFault = Exclude<FaultKind, 'coordinator-killed'>

export type Fault =
  | { kind: 'coordinator-killed' }
  /** `victim`: in [0, 1), which of those that are there. */
  | { kind: WorkerFault; victim: number; lastsMs: number }

const COORDINATOR_EVERY = 100
const SHARES: readonly [WorkerFault, number][] = [
  ['killed', 0.3],
  ['severed', 0.5],
  ['frozen', 0.1],
  ['stopped', 0.1],
]
/** A lease lasts 20 s and more. */
const SHORTEST_FREEZE_MS = 22_000
const LONGEST_FREEZE_MS = 60_000

/** The n-th, from 0. */
export function faultAt(seed: number, n: number): Fault {
  const chance = new RandomStream(seed, 'faults', n)
  if (n % COORDINATOR_EVERY === COORDINATOR_EVERY / 2) return { kind: 'coordinator-killed' }
  let left = chance.uniform()
  const kind = SHARES.find(([, share]) => {
    left -= share
    return left < 0
  })
  const victim = chance.uniform()
  const lastsMs = SHORTEST_FREEZE_MS + chance.uniform() * (LONGEST_FREEZE_MS - SHORTEST_FREEZE_MS)
  return { kind: kind?.[0] ?? 'killed', victim, lastsMs }
}
