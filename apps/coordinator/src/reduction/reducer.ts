/** The reduction as the rest of the coordinator sees it: off the event loop, one run's steps in order. */
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { ParameterLayout } from '@worldflora/protocol/parameter-layout'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { RunConfig } from '@worldflora/protocol/run-config'

export type OpenReduction = {
  runId: RunId
  layout: ParameterLayout
  config: RunConfig
  unitExponent: number
  stepsPerEpoch: number
  steps: number
  /** Canonical weights at `step`. */
  weights: Uint8Array
  /** null before the first step. */
  optimizerState: Uint8Array | null
  step: number
}

export type ReducedStep = {
  kind: 'updated'
  delta: Uint8Array<ArrayBuffer>
  optimizerState: Uint8Array<ArrayBuffer>
  /** Canonical bytes; their hash is `checkpoint`. */
  weights: Uint8Array<ArrayBuffer>
  checkpoint: Hash
  loss: number
  accuracy: number
  learningRate: number
}

export type Reducer = {
  /** Opens a run, or takes it up anew at another step: whatever was summed of it is dropped. */
  open(run: OpenReduction): Promise<null | Rejection>
  /** Adds a contribution that the edge has checked. Takes the bytes. */
  add(contribution: { runId: RunId; step: number; bytes: Uint8Array<ArrayBuffer> }): Promise<null | Rejection>
  /** A rejection leaves the run at its old step, its sums dropped. */
  closeStep(step: { runId: RunId; step: number; samples: number }): Promise<ReducedStep | Rejection>
  close(): Promise<void>
}
