/** RUN.json: everything that decides a run's result, and nothing that does not (no worker, no clock, no address). */
import * as v from 'valibot'
import { Augmentation } from './augmentation-config.ts'
import { Hash, Slug } from './ids.ts'
import { OptimizerConfig } from './optimizer-config.ts'
import { faultsOfRun } from './run-faults.ts'
import { Sampling } from './sampling-config.ts'

export { type AdamwConfig, type LarsConfig, OptimizerConfig, type SgdConfig } from './optimizer-config.ts'
export { Augmentation, Sampling }

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max))
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))

/**
 * `batch` (which it is when absent): a normalisation after every convolution. `none`: a bias instead, as in published weights
 * whose normalisations have been folded into their convolutions.
 */
const norm = v.optional(v.picklist(['batch', 'none']))
const pixels = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
/** Multiplier of the number of channels of every layer. */
const width = (least: number, most: number) => v.pipe(v.number(), v.minValue(least), v.maxValue(most))

export const Architecture = v.variant('name', [
  v.strictObject({
    name: v.literal('small-cnn'),
    width: v.optional(width(0.25, 4), 1),
    imageSize: v.optional(pixels(16, 256), 64),
    norm,
  }),
  v.strictObject({
    name: v.literal('mobilenet-v1'),
    width: v.optional(width(0.25, 1), 0.25),
    imageSize: v.optional(pixels(32, 256), 96),
    norm,
  }),
  v.strictObject({
    name: v.literal('mobilenet-v2'),
    width: v.optional(width(0.25, 1.4), 0.5),
    imageSize: v.optional(pixels(32, 512), 96),
    norm,
  }),
  v.strictObject({
    name: v.literal('resnet-50'),
    width: v.optional(width(0.125, 2), 1),
    imageSize: v.optional(pixels(32, 512), 224),
    norm,
  }),
])
export type Architecture = v.InferOutput<typeof Architecture>

/** How gradients and updates travel: block floating point of 8 or 16 bits, or single precision. */
export const Wire = v.picklist(['int8', 'int16', 'float32'])
export type Wire = v.InferOutput<typeof Wire>

/** Generalised cross entropy (Zhang and Sabuncu 2018): q -> 0 is cross entropy, q = 1 the absolute error. */
export const Noise = v.strictObject({
  name: v.literal('generalised-cross-entropy'),
  q: v.pipe(positive, v.maxValue(1)),
})
export type Noise = v.InferOutput<typeof Noise>

const samplesPerTask = count(4096)
const tasksPerStep = count(65_536)
const epochs = count(100_000)
const steps = count(100_000_000)

/** One after the other, a run may train parts of the network: first the head on features extracted once, then all of it. */
export const Phase = v.strictObject({
  train: v.picklist(['head', 'all']),
  epochs: v.optional(epochs),
  /** May stand for `epochs`. */
  steps: v.optional(steps),
  /** The run's own, where a phase has none. */
  optimizer: v.optional(OptimizerConfig),
  samplesPerTask: v.optional(samplesPerTask),
  tasksPerStep: v.optional(tasksPerStep),
  samplesPerChunk: v.optional(count(4096)),
  augmentation: v.optional(Augmentation),
  evaluateEveryEpochs: v.optional(positive),
  /** Where the run has none: a phase before it may learn from all labels alike first. */
  noise: v.optional(Noise),
  /** `head`: features of so many views of each photo, the centre crop and augmented ones; an epoch draws one of each photo. */
  views: v.optional(count(64)),
})
export type Phase = v.InferOutput<typeof Phase>

/** A run's name: its published model, else its latest checkpoint. Or the hash of weights that were brought. */
export const InitialWeights = v.union(
  [Slug, Hash],
  'has to be the name of a published model or of a run, or the hash of weights that were brought',
)
export type InitialWeights = v.InferOutput<typeof InitialWeights>

/** Whose results a run takes. `deterministic`: only workers of the WASM class; the same bits with any of them. `any`: GPUs as well. */
export const DeviceClass = v.picklist(['deterministic', 'any'])
export type DeviceClass = v.InferOutput<typeof DeviceClass>

/** What holds for a whole run. */
const ofRun = {
  name: Slug,
  flora: Slug,
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)), 0),
  backend: v.optional(DeviceClass, 'deterministic'),
  architecture: Architecture,
  /** What it begins with (WT1); without, all is drawn from the seed. */
  initialWeights: v.optional(InitialWeights),
  wire: v.optional(Wire, 'int8'),
  labelSmoothing: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0),
  /** tau: so many times the logarithm of a species' part of the train photos is added to its logit in training (Menon 2021). */
  logitAdjustment: v.optional(v.pipe(positive, v.maxValue(4))),
  /** How labels that may be wrong are learned from: all but those of trusted photos. */
  noise: v.optional(Noise),
  /** Absent: every train photo is once in an epoch. */
  sampling: v.optional(Sampling),
  /** Absent: one, the square in the middle. */
  evaluation: v.optional(v.strictObject({ crops: v.picklist([1, 5, 10]) })),
  /** Publish each evaluated checkpoint that is better than what this run has published. */
  publishBest: v.optional(v.boolean(), false),
}

/** What a phase may have of its own. */
const ofPhase = {
  samplesPerTask,
  tasksPerStep,
  /** Batch statistics are per chunk (BN1). Default: samplesPerTask. */
  samplesPerChunk: v.optional(count(4096)),
  epochs: v.optional(epochs),
  /** May stand for `epochs`. */
  steps: v.optional(steps),
  augmentation: v.optional(Augmentation, {}),
  /** Evaluate on the validation split each time so many epochs are through. */
  evaluateEveryEpochs: v.optional(positive, 1),
}

export const RunConfig = v.pipe(
  v.strictObject({
    ...ofRun,
    ...ofPhase,
    optimizer: v.optional(OptimizerConfig),
    /** Instead of `epochs`: what a phase leaves out is taken from the run. */
    phases: v.optional(v.pipe(v.array(Phase), v.minLength(1), v.maxLength(16))),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const run = dataset.value
    for (const { at, words } of faultsOfRun(run)) addIssue({ message: words, path: pathIn(run, at) })
  }),
)
export type RunConfig = v.InferOutput<typeof RunConfig>

/** Under what one phase's steps are computed: the run's configuration with the phase's own in it. */
export const PhaseConfig = v.strictObject({ ...ofRun, ...ofPhase, optimizer: OptimizerConfig })
export type PhaseConfig = v.InferOutput<typeof PhaseConfig>

export function samplesPerChunk(run: Pick<PhaseConfig, 'samplesPerTask' | 'samplesPerChunk'>): number {
  return run.samplesPerChunk ?? run.samplesPerTask
}

/** As valibot has it: each step with what it is taken from. */
function pathIn(run: object, keys: readonly (string | number)[]): [v.IssuePathItem, ...v.IssuePathItem[]] {
  let input: unknown = run
  const path = keys.map((key): v.IssuePathItem => {
    const value = (input as Record<string | number, unknown>)[key]
    const item = { type: 'unknown', origin: 'value', input, key, value } as const
    input = value
    return item
  })
  return path as [v.IssuePathItem, ...v.IssuePathItem[]]
}
