/**
 * A run's phases, one after the other in one count of steps. A run without `phases` has one, which trains all of the network.
 * Pure: of the configuration and the number of samples in an epoch.
 */
import type { PhaseConfig, RunConfig } from './run-config.ts'

export type PhaseOfRun = {
  /** 0 for the first. */
  index: number
  train: 'all' | 'head'
  /** Of each photo, as a head is trained on: 1 is the centre crop. */
  views: number
  config: PhaseConfig
  firstStep: number
  /** The step after its last. */
  endStep: number
  /** Epochs that are through before it begins. */
  epochsBefore: number
  /** Of its first epoch: no two phases draw the same numbers (SD1). */
  firstEpoch: number
  stepsPerEpoch: number
}

export function phasesOf(run: RunConfig, samplesPerEpoch: number): PhaseOfRun[] {
  const phases: PhaseOfRun[] = []
  for (const own of ownOf(run)) {
    const before = phases.at(-1)
    const firstStep = before?.endStep ?? 0
    const epochsBefore = before === undefined ? 0 : epochAt(phases, firstStep)
    const { samplesPerTask, tasksPerStep, epochs, steps } = own.config
    const batch = samplesPerTask * tasksPerStep
    const length = steps ?? Math.ceil(Math.ceil((epochs! * samplesPerEpoch) / samplesPerTask) / tasksPerStep)
    phases.push({
      ...own,
      index: phases.length,
      firstStep,
      endStep: firstStep + length,
      epochsBefore,
      firstEpoch: Math.ceil(epochsBefore),
      stepsPerEpoch: samplesPerEpoch / batch,
    })
  }
  return phases
}

/** The one that a step belongs to; after the run's last step, the last. */
export function phaseAt(phases: readonly PhaseOfRun[], step: number): PhaseOfRun {
  return phases.find(({ endStep }) => step < endStep) ?? phases.at(-1)!
}

/** The one whose steps have led to the checkpoint after `step` steps. */
export function phaseBefore(phases: readonly PhaseOfRun[], step: number): PhaseOfRun {
  return phaseAt(phases, Math.max(0, step - 1))
}

/** How many epochs are through before a step. A phase that ends within a task has its epochs all the same. */
export function epochAt(phases: readonly PhaseOfRun[], step: number): number {
  const phase = phaseBefore(phases, step)
  const { epochs } = phase.config
  if (step >= phase.endStep && epochs !== undefined) return phase.epochsBefore + epochs
  return phase.epochsBefore + (step - phase.firstStep) / phase.stepsPerEpoch
}

function ownOf(run: RunConfig): Pick<PhaseOfRun, 'train' | 'views' | 'config'>[] {
  const { phases, optimizer: ofRun, ...common } = run
  if (phases === undefined) return [{ train: 'all', views: 1, config: { ...common, optimizer: ofRun! } }]
  return phases.map(({ train, views, ...own }) => {
    const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined))
    const config = { ...common, optimizer: ofRun, ...given } as PhaseConfig
    return { train, views: views ?? 1, config }
  })
}
