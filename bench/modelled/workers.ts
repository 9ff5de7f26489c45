/**
 * The process that the modelled workers live in: real sessions (packages/worker), each with its own socket, HTTP and caches,
 * over modelled compute. Told what to do by its parent; tells it each task and each step.
 */

import { setTimeout as wait } from 'node:timers/promises'
import type { Coding } from '@worldflora/protocol/partial-sum'
import { RunConfig } from '@worldflora/protocol/run-config'
import {
  type Clock,
  identityInMemory,
  memoryBlobCache,
  type Session,
  startSession,
} from '@worldflora/worker/session'
import * as v from 'valibot'
import { type Line, openShapedLink } from '../link/shaped-link.ts'
import { modelledThread } from './compute.ts'
import { drawSums } from './contribution.ts'

export type Order = {
  url: string
  run: unknown
  classes: number
  /** Images per second, one a worker. */
  rates: number[]
  /** Part of the workers that leave in each step, each replaced at once by a new one of its rate. */
  churn: number
  /** Each worker's own; null: loopback. */
  line: Line | null
  /** null: as the session chooses. */
  coding: Coding | null
  /** Whether a worker is given several tasks in one lease, whose sum it sends. */
  merging: boolean
}

export type ComputedTask = { step: number; task: number; worker: number; startedMs: number; endedMs: number }

/** Times are of `performance.timeOrigin + performance.now()`: the same in every process of a machine. */
export type Report =
  | { kind: 'computed'; tasks: ComputedTask[] }
  | { kind: 'step-advanced'; step: number; atMs: number }
  | { kind: 'transferred'; bytesUp: number; bytesDown: number }
  | { kind: 'lag'; ms: number }

const LAG_EVERY_MS = 100
const order = JSON.parse(process.argv[2]!) as Order
const config = v.parse(RunConfig, order.run)
const sums = drawSums(config, order.classes)
/** As in Node; of many, as much as there is room for all of them. */
const CHECKPOINT_BYTES = Math.min(128e6, 2e9 / order.rates.length)
const sessions: Session[] = []
let leavers = 0
/** Not told of yet. */
const computed: ComputedTask[] = []
const transferred = { bytesUp: 0, bytesDown: 0 }

function tell(report: Report): void {
  // Whoever listened may be gone: then so is this process, in a moment.
  process.send?.(report, undefined, undefined, () => {})
}

function nowMs(): number {
  return performance.timeOrigin + performance.now()
}

/**
 * By this clock every task takes a thousand times as long, so that the coordinator gives no more than one at a time: a worker
 * without leases of several tasks.
 */
const slowClock: Clock = {
  nowMs: () => 1000 * performance.now(),
  pause: (ms) => wait(ms),
}

function join(worker: number): void {
  let last = { bytesUp: 0, bytesDown: 0 }
  sessions[worker] = startSession({
    url: lines[worker]?.url ?? order.url,
    host: 'node',
    backend: 'wasm',
    caches: { shards: memoryBlobCache(64e6), checkpoints: memoryBlobCache(CHECKPOINT_BYTES) },
    identity: identityInMemory(),
    ...(order.merging ? {} : { clock: slowClock }),
    onActivity({ bytesUp, bytesDown, task }) {
      if (task !== null) noteStep(task.step)
      transferred.bytesUp += bytesUp - last.bytesUp
      transferred.bytesDown += bytesDown - last.bytesDown
      last = { bytesUp, bytesDown }
    },
    spawnCompute: () =>
      modelledThread({
        imagesPerSecond: order.rates[worker]!,
        sums,
        coding: order.coding,
        onComputed({ step, task }, startedMs, endedMs) {
          const origin = performance.timeOrigin
          computed.push({ step, task, worker, startedMs: origin + startedMs, endedMs: origin + endedMs })
        },
      }),
  })
}

/** They leave spread over the step, in turn: after 1 / churn steps everybody has. */
function replaceSome(stepMs: number): void {
  const count = Math.round(order.churn * sessions.length)
  for (let n = 0; n < count; n++) {
    const worker = leavers++ % sessions.length
    setTimeout(
      () => {
        void sessions[worker]!.stop()
        join(worker)
      },
      (stepMs * (n + 0.5)) / count,
    )
  }
}

const images = config.samplesPerTask * config.tasksPerStep
const idealStepMs = (1000 * images) / order.rates.reduce((sum, rate) => sum + rate, 0)
let step = -1

/** The first to be given a task of a step brings the news that the one before it is through. */
function noteStep(begun: number): void {
  if (begun <= step) return
  step = begun
  tell({ kind: 'computed', tasks: computed.splice(0) })
  tell({ kind: 'step-advanced', step, atMs: nowMs() })
  tell({ kind: 'transferred', ...transferred })
  if (order.churn > 0) replaceSome(idealStepMs)
}

const { line } = order
const lines =
  line === null ? [] : await Promise.all(order.rates.map(() => openShapedLink(new URL(order.url), line)))
for (let worker = 0; worker < order.rates.length; worker++) join(worker)

let expectedMs = performance.now() + LAG_EVERY_MS
setInterval(() => {
  tell({ kind: 'lag', ms: performance.now() - expectedMs })
  expectedMs = performance.now() + LAG_EVERY_MS
}, LAG_EVERY_MS)
// It ends with whoever started it.
process.once('disconnect', () => process.exit())
