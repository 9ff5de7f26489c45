/** The plan of one of a run's phases, in the run's own count of steps (PH1), and over features instead of photos (PH2). */
import type { PhaseOfRun } from '@worldflora/protocol/phases'
import { type PlanEntry, type PlanRequest, planRun, type RunPlan } from './epoch-plan.ts'

/** How a flora's train shards are cut into shards of features: consecutive samples, so many at most. */
export type FeatureParts = { shardSizes: readonly number[]; samplesPerPart: number; views: number }

export function planPhase(
  { config, firstStep, endStep, epochsBefore, firstEpoch }: PhaseOfRun,
  of: Pick<PlanRequest, 'shardSizes' | 'weightOf'>,
): RunPlan {
  const { seed, samplesPerTask, tasksPerStep, epochs, steps } = config
  const plan = planRun({ ...of, seed, samplesPerTask, tasksPerStep, epochs, steps, firstEpoch })
  if (firstStep + plan.steps !== endStep)
    throw new Error(`a phase of ${endStep - firstStep} steps is planned as ${plan.steps}`)
  return {
    ...plan,
    steps: endStep,
    tasksOf(step) {
      if (step < firstStep) throw new RangeError(`The phase begins with step ${firstStep}.`)
      return plan.tasksOf(step - firstStep)
    },
    epochOf: (step) => epochsBefore + plan.epochOf(step - firstStep),
  }
}

/**
 * The same plan, of features: each entry names its photo's place among the parts, and in it one of the photo's views. They
 * take turns: with each epoch it is another one, and of a task's photos all are seen.
 */
export function onFeatures(plan: RunPlan, { shardSizes, samplesPerPart, views }: FeatureParts): RunPlan {
  const firstParts: number[] = []
  let parts = 0
  for (const size of shardSizes) {
    firstParts.push(parts)
    parts += Math.ceil(size / samplesPerPart)
  }
  const placeOf = ({ shard, sample }: PlanEntry, epoch: number): PlanEntry => {
    const part = Math.floor(sample / samplesPerPart)
    const photos = Math.min(samplesPerPart, shardSizes[shard]! - part * samplesPerPart)
    const view = (epoch + sample) % views
    return { shard: firstParts[shard]! + part, sample: view * photos + (sample % samplesPerPart) }
  }
  return {
    ...plan,
    tasksOf: (step) =>
      plan.tasksOf(step).map(({ epoch, entries }) => ({
        epoch,
        entries: entries.map((entry) => placeOf(entry, epoch)),
      })),
  }
}
