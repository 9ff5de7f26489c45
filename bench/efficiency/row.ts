/** What the rounds of a run come to. Pure. */

import type { BackendName } from '@worldflora/protocol/messages'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { Spent } from '@worldflora/worker/session'
import type { BenchRow } from '../runner/bench.ts'
import type { LoopReport } from './loop-thread.ts'
import type { Stretch } from './platform-worker.ts'

export type Round = { stretch: Stretch; bare: LoopReport }

export type Measured = {
  /** The file that the run is in, and what was changed of it. */
  run: string
  change: string | null
  config: RunConfig
  backend: BackendName
  /** Of a GPU. */
  adapter: string | null
  rounds: readonly Round[]
}

/** Shares are of the compute thread's time; an upload is beside it. On a GPU computing is until the device has the task. */
export function efficiencyRow({ run, change, config, backend, adapter, rounds }: Measured): BenchRow {
  const { architecture, samplesPerTask, tasksPerStep, wire } = config
  const sum = (of: (round: Round) => number) => rounds.reduce((total, round) => total + of(round), 0)
  const ms = sum(({ stretch }) => stretch.ms)
  const share = (kind: keyof Spent) => sum(({ stretch }) => stretch.spent[kind]) / ms
  const busy = {
    compute: share('computeMs'),
    decode: share('decodeMs'),
    encode: share('encodeMs'),
    model: share('modelMs'),
  }
  const imagesPerSecond = (1000 * sum(({ stretch }) => stretch.images)) / ms
  const loopImagesPerSecond = (1000 * sum(({ bare }) => bare.images)) / sum(({ bare }) => bare.ms)
  return {
    run,
    change,
    architecture: architecture.name,
    width: architecture.width,
    imageSize: architecture.imageSize,
    batch: samplesPerTask * tasksPerStep,
    samplesPerTask,
    wire,
    backend,
    adapter,
    host: 'node',
    imagesPerSecond,
    loopImagesPerSecond,
    ratioToLoop: imagesPerSecond / loopImagesPerSecond,
    loopDecodeShare: sum(({ bare }) => bare.decodeMs) / sum(({ bare }) => bare.ms),
    computeShare: busy.compute,
    decodeShare: busy.decode,
    encodeShare: busy.encode,
    modelShare: busy.model,
    waitingShare: 1 - busy.compute - busy.decode - busy.encode - busy.model,
    uploadShare: sum(({ stretch }) => stretch.uploadMs) / ms,
  }
}
