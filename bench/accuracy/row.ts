/** A row of a run: what tells it from all other runs of this bench, and what was measured. Pure. */
import type { Evaluation } from '@worldflora/protocol/evaluation'
import { phasesOf } from '@worldflora/protocol/phases'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { BenchRow } from '../runner/bench.ts'
import type { Paired } from './paired.ts'

export type Identity = {
  set: string
  recipe: string
  /** As `changeOf` says it. */
  change: string | null
  /** The folder's name; null: from random weights. */
  weights: string | null
  augmentation: 'on' | 'off'
  config: RunConfig
}

/** `phase`: from 0 on. */
export function phaseRow(of: Identity, phase: number, end: Evaluation, minutes: number): BenchRow {
  const { top1, top5, observations } = end
  const measured = { top1, top5, observationTop1: observations.top1, observationTop5: observations.top5 }
  return { ...identityOf(of, phase), phase: phase + 1, ...measured, minutes }
}

/** What the last phase has over the first. */
export function gainRow(of: Identity, { gain, standardError }: Paired): BenchRow {
  return { ...identityOf(of, phasesIn(of).length - 1), gain, gainStandardError: standardError }
}

/** Batch and crops are the phase's. */
function identityOf(of: Identity, phase: number) {
  const { set, recipe, change, weights, augmentation, config } = of
  const { architecture, backend, seed } = config
  const { samplesPerTask, tasksPerStep, evaluation } = phasesIn(of)[phase]!.config
  return {
    set,
    recipe,
    change,
    weights,
    architecture: architecture.name,
    width: architecture.width,
    imageSize: architecture.imageSize,
    batch: samplesPerTask * tasksPerStep,
    crops: evaluation?.crops ?? 1,
    backend,
    augmentation,
    seed,
  }
}

/** How long they are does not matter here. */
function phasesIn({ config }: Identity) {
  return phasesOf(config, 1)
}
