/** The reducer in a pool of threads over shared memory: the event loop only writes bytes where threads can read them. */
import { availableParallelism } from 'node:os'
import type { RunId } from '@worldflora/protocol/ids'
import { contributionShape } from '@worldflora/protocol/parameter-layout'
import { malformedPartialSum, type PartialSumKind } from '@worldflora/protocol/partial-sum'
import { isRejection, type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Contribution } from './contribution.ts'
import { readFrame } from './partial-sum-frame.ts'
import { ThreadPool } from './pool.ts'
import type { Reducer } from './reducer.ts'
import { Room } from './room.ts'
import { RunReduction, slicesFor } from './run-reduction.ts'

export type ReducerOptions = {
  threads: number
  /** For bodies that are being received, or are not in the sums yet. */
  roomBytes: number
}

const MOST_THREADS = 8

function defaultOptions(): ReducerOptions {
  return { threads: Math.min(MOST_THREADS, availableParallelism()), roomBytes: 256 << 20 }
}

/** `onLost` is called when a thread dies by a bug: what waits for it fails, and nothing can be reduced any more. */
export function startReducerPool(
  onLost: (error: Error) => void,
  options: Partial<ReducerOptions> = {},
): Reducer {
  const { threads, roomBytes } = { ...defaultOptions(), ...options }
  const pool = new ThreadPool(threads, onLost)
  const room = new Room(roomBytes, (buffer) => pool.tell({ kind: 'room-grew', buffer }))
  const runs = new Map<RunId, RunReduction>()
  let nextHome = 0
  let isClosed = false

  function assertOpen(): void {
    if (isClosed) throw new Error('the reduction was closed')
  }

  function forget(runId: RunId): void {
    if (runs.delete(runId)) pool.tell({ kind: 'run-closed', runId })
  }

  async function closed(run: RunReduction, runId: RunId): Promise<void> {
    await run.settled()
    if (runs.get(runId) === run) forget(runId)
  }

  async function inspect(contribution: Contribution, expected: PartialSumKind): Promise<Rejection | null> {
    const looks = slicesFor(expected, threads).map((slice) =>
      pool.run({ kind: 'inspect', contribution, expected, slice }),
    )
    return ((await Promise.all(looks)).find((fault) => fault !== null) ?? null) as Rejection | null
  }

  return {
    async open(run) {
      assertOpen()
      const { runId, layout, config, unitExponent, endStep: steps } = run
      const kind = { ...contributionShape(layout), wire: config.wire, unitExponent }
      const known = runs.get(runId)
      if (known?.isOf(kind, steps)) return known.open(run)
      // A rollback may have changed what its sums are of, and when it is through (LC3).
      if (known !== undefined) await closed(known, runId)
      const reduction = new RunReduction({ runId, kind, steps }, pool, nextHome)
      nextHome = (nextHome + 1) % threads
      runs.set(runId, reduction)
      const rejection = await reduction.open(run)
      if (rejection !== null) forget(runId)
      return rejection
    },
    takeRoom: (bytes, signal) => room.take(bytes, signal),
    async check(body, expected, tasks) {
      assertOpen()
      const contribution = readFrame(body, expected, tasks)
      if (typeof contribution === 'string') return malformedPartialSum(contribution)
      return (await inspect(contribution, expected)) ?? { kind: 'checked', received: { body, contribution } }
    },
    async add({ runId, step, received }) {
      assertOpen()
      const run = runs.get(runId)
      if (run !== undefined) return run.add(step, received)
      received.body.release()
      return notOpen(runId)
    },
    async closeStep({ runId, step, samples }) {
      assertOpen()
      const run = runs.get(runId)
      if (run === undefined) return notOpen(runId)
      const reduced = await run.closeStep(step, samples)
      if (!isRejection(reduced) && run.isThrough) forget(runId)
      return reduced
    },
    async close() {
      isClosed = true
      await Promise.all([...runs.values()].map((run) => run.settled()))
      await pool.close()
    },
  }
}

function notOpen(runId: RunId): Rejection {
  return reject(
    'run-not-open',
    `The reduction does not know run ${runId}.`,
    'This is a fault of the coordinator: report it.',
  )
}
