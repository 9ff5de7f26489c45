/** The shapes of a run's vectors, from its architecture. */
import { parameterSpecs } from '@worldflora/model/parameters'
import type { VectorKind } from '@worldflora/protocol/gradient-codec'
import {
  contributionShape,
  deltaShape,
  layoutOf,
  type ParameterLayout,
} from '@worldflora/protocol/parameter-layout'
import type { PartialSumKind } from '@worldflora/protocol/partial-sum'
import type { RunConfig } from '@worldflora/protocol/run-config'

export type RunLayout = { layout: ParameterLayout; contribution: PartialSumKind; delta: VectorKind }

export function runLayout(config: RunConfig, species: number, unitExponent: number): RunLayout {
  const layout = layoutOf(parameterSpecs(config.architecture, species))
  const wire = config.wire
  return {
    layout,
    contribution: { ...contributionShape(layout), wire, unitExponent },
    delta: { ...deltaShape(layout), wire, unitExponent: null },
  }
}
