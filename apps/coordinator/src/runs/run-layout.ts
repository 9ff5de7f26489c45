/** The shapes of a run's vectors, from its architecture and what is trained of it. */
import { parameterSpecs, trainedSpecs } from '@worldflora/model/parameters'
import type { VectorKind } from '@worldflora/protocol/gradient-codec'
import {
  contributionShape,
  deltaShape,
  layoutOf,
  type ParameterLayout,
  type Selection,
  selectionOf,
} from '@worldflora/protocol/parameter-layout'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import { type PhaseOfRun, phaseAt, phaseBefore, phasesOf } from '@worldflora/protocol/phases'
import type { RunConfig } from '@worldflora/protocol/run-config'
import type { RunRecord } from '../store/store.ts'

export type RunLayout = {
  /** Of what is trained: contributions, deltas and the optimizer's state. */
  layout: ParameterLayout
  /** Of checkpoints. */
  whole: ParameterLayout
  /** Where the trained part lies in the whole; null: it is the whole. */
  selection: Selection | null
  contribution: PartialSumKind
  delta: VectorKind
}

export function runLayout(
  { architecture, wire }: Pick<RunConfig, 'architecture' | 'wire'>,
  species: number,
  unitExponent: number,
  train: 'all' | 'head' = 'all',
): RunLayout {
  const whole = layoutOf(parameterSpecs(architecture, species))
  const layout = train === 'all' ? whole : layoutOf(trainedSpecs(architecture, species, train))
  return {
    layout,
    whole,
    selection: train === 'all' ? null : selectionOf(whole, layout),
    contribution: { ...contributionShape(layout), wire, unitExponent },
    delta: { ...deltaShape(layout), wire, unitExponent: null },
  }
}

export function phasesOfRun({
  config,
  samplesPerEpoch,
}: Pick<RunRecord, 'config' | 'samplesPerEpoch'>): PhaseOfRun[] {
  return phasesOf(config, samplesPerEpoch)
}

/** Of the phase that the checkpoint after `step` steps begins or goes on with: the deltas that lead on from it are of this layout. */
export function layoutFrom(run: RunRecord, step: number): RunLayout {
  return layoutOfPhase(run, phaseAt(phasesOfRun(run), step))
}

/** Of the phase that has led to the checkpoint after `step` steps: its optimizer state is of this layout. */
export function layoutBefore(run: RunRecord, step: number): RunLayout {
  return layoutOfPhase(run, phaseBefore(phasesOfRun(run), step))
}

export function layoutOfPhase({ config, flora, unitExponent }: RunRecord, { train }: PhaseOfRun): RunLayout {
  return runLayout(config, flora.species, unitExponent, train)
}
