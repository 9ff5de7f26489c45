/** What is wrong with a RUN.json whose fields are right one by one. Each fault is at the field that is to be changed. */
import type { Augmentation } from './augmentation-config.ts'
import type { OptimizerConfig } from './optimizer-config.ts'
import type { Sampling } from './sampling-config.ts'

type Length = { epochs?: number | undefined; steps?: number | undefined }
type Chunks = { samplesPerTask: number; samplesPerChunk?: number | undefined }
type OwnChunks = { [field in keyof Chunks]?: Chunks[field] | undefined }
type PhaseFields = Length &
  OwnChunks & {
    train: 'head' | 'all'
    views?: number | undefined
    optimizer?: OptimizerConfig | undefined
    augmentation?: Augmentation | undefined
  }
type RunFields = Length &
  Chunks & {
    optimizer?: OptimizerConfig | undefined
    augmentation: Augmentation
    logitAdjustment?: number | undefined
    sampling?: Sampling | undefined
    phases?: PhaseFields[] | undefined
  }

export type RunFault = { at: readonly (string | number)[]; words: string }

export function faultsOfRun(run: RunFields): RunFault[] {
  const { phases } = run
  const faults = [...chunkFaults(run), ...correctionFaults(run)]
  if (phases === undefined) return [...lengthFaults(run), ...optimizerFaults(run), ...faults]
  const ofPhases = phases.flatMap((phase, index) =>
    phaseFaults(phase, run).map(({ at, words }) => ({ at: ['phases', index, ...at], words })),
  )
  return [...lengthBesidePhases(run), ...faults, ...ofPhases]
}

function phaseFaults(phase: PhaseFields, run: RunFields): RunFault[] {
  return [
    ...lengthFaults(phase),
    ...optimizerFaults({ optimizer: phase.optimizer ?? run.optimizer }),
    ...(isOwnChunk(phase) ? chunkFaults(phase, run) : []),
    ...viewFaults(phase, run),
  ]
}

function lengthFaults({ epochs, steps }: Length): RunFault[] {
  if (epochs === undefined && steps === undefined)
    return [{ at: ['epochs'], words: 'it is missing: give either epochs or steps' }]
  if (epochs === undefined || steps === undefined) return []
  return [{ at: ['steps'], words: 'there are epochs already: give either epochs or steps' }]
}

function lengthBesidePhases(run: RunFields): RunFault[] {
  return (['epochs', 'steps'] as const)
    .filter((field) => run[field] !== undefined)
    .map((field) => ({
      at: [field],
      words: 'remove it: with phases, each of them has epochs or steps of its own',
    }))
}

function optimizerFaults({ optimizer }: Pick<RunFields, 'optimizer'>): RunFault[] {
  if (optimizer !== undefined) return []
  return [{ at: ['optimizer'], words: 'there is none: a run has one, or else each of its phases' }]
}

function isOwnChunk({ samplesPerTask, samplesPerChunk }: OwnChunks): boolean {
  return samplesPerTask !== undefined || samplesPerChunk !== undefined
}

/** What a phase leaves out it has from the run. */
function chunkFaults(own: OwnChunks, run: OwnChunks = {}): RunFault[] {
  const task = own.samplesPerTask ?? run.samplesPerTask!
  const chunk = own.samplesPerChunk ?? run.samplesPerChunk
  if (chunk === undefined || task % chunk === 0) return []
  return [
    {
      at: [own.samplesPerChunk === undefined ? 'samplesPerTask' : 'samplesPerChunk'],
      words: `samplesPerTask must be a multiple of samplesPerChunk, and ${task} is none of ${chunk}`,
    },
  ]
}

function viewFaults({ train, views, augmentation }: PhaseFields, run: RunFields): RunFault[] {
  if (views === undefined) return []
  if (train === 'all')
    return [{ at: ['views'], words: 'remove it: only a phase that trains the head has views' }]
  if (views <= 1 || isRandom(augmentation ?? run.augmentation)) return []
  return [
    {
      at: ['views'],
      words:
        'several views of a photo are alike without an augmentation: give the phase or the run one with crop, flip or color',
    },
  ]
}

function isRandom({ crop, flip, color }: Augmentation): boolean {
  return crop || flip || color > 0
}

function correctionFaults({ logitAdjustment, sampling }: RunFields): RunFault[] {
  if (logitAdjustment === undefined || sampling === undefined || sampling.name === 'uniform') return []
  return [
    {
      at: ['sampling'],
      words: 'logitAdjustment and sampling correct the same thing: give one of them',
    },
  ]
}
