/** The reduction as the rest of the coordinator sees it: off the event loop, one run's steps in order. */
import type { Hash, RunId } from '@worldflora/protocol/ids'
import type { ParameterLayout, Selection } from '@worldflora/protocol/parameter-layout'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import type { Rejection } from '@worldflora/protocol/rejection'
import type { PhaseConfig } from '@worldflora/protocol/run-config'
import type { Body } from './body.ts'
import type { Received } from './received.ts'

export type OpenReduction = {
  runId: RunId
  /** Of what the phase trains. */
  layout: ParameterLayout
  /** Where that lies in the checkpoint; null: it is all of it. */
  selection: Selection | null
  config: PhaseConfig
  unitExponent: number
  stepsPerEpoch: number
  /** Of the phase: its rate runs from here. */
  firstStep: number
  /** The step after its last. */
  endStep: number
  /** Canonical weights at `step`, of the whole network. */
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

/** What the threads found: bytes of the run's kind, all values whole numbers of units and in range. */
export type Checked = { kind: 'checked'; received: Received }

export type Reducer = {
  /** Opens a run, or takes it up anew at another step: whatever was summed of it is dropped. */
  open(run: OpenReduction): Promise<null | Rejection>
  /** Room for a body, to be written as its bytes come. Waits while there is none; null: the signal came first. */
  takeRoom(bytes: number, signal?: AbortSignal): Promise<Body | null>
  /** Looks at a stranger's partial sum, of so many tasks. Nothing is added, whatever the answer. */
  check(body: Body, expected: PartialSumKind, tasks: number): Promise<Checked | Rejection>
  /** Adds what was checked. Takes the body, and gives its room back. */
  add(contribution: { runId: RunId; step: number; received: Received }): Promise<null | Rejection>
  /** A rejection leaves the run at its old step, its sums dropped. */
  closeStep(step: { runId: RunId; step: number; samples: number }): Promise<ReducedStep | Rejection>
  close(): Promise<void>
}
