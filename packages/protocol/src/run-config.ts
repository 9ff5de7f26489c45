/** RUN.json: everything that decides a run's result, and nothing that does not (no worker, no clock, no address). */
import * as v from 'valibot'
import { Slug } from './ids.ts'
import { OptimizerConfig } from './optimizer-config.ts'

export { type AdamwConfig, type LarsConfig, OptimizerConfig, type SgdConfig } from './optimizer-config.ts'

const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max))
const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))

export const Architecture = v.variant('name', [
  v.strictObject({
    name: v.literal('small-cnn'),
    /** Multiplier of the number of channels of every layer. */
    width: v.optional(v.pipe(v.number(), v.minValue(0.25), v.maxValue(4)), 1),
    imageSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(16), v.maxValue(256)), 64),
  }),
  v.strictObject({
    name: v.literal('mobilenet-v1'),
    width: v.optional(v.pipe(v.number(), v.minValue(0.25), v.maxValue(1)), 0.25),
    imageSize: v.optional(v.pipe(v.number(), v.integer(), v.minValue(32), v.maxValue(256)), 96),
  }),
])
export type Architecture = v.InferOutput<typeof Architecture>

/** How gradients and updates travel: block floating point of 8 or 16 bits, or single precision. */
export const Wire = v.picklist(['int8', 'int16', 'float32'])
export type Wire = v.InferOutput<typeof Wire>

export const Augmentation = v.strictObject({
  /** Random resized crop (else the centre crop that evaluation uses). */
  crop: v.optional(v.boolean(), false),
  /** Mirror every second image, left to right. */
  flip: v.optional(v.boolean(), false),
  /** Largest relative change of brightness, contrast and saturation. */
  color: v.optional(fraction, 0),
})
export type Augmentation = v.InferOutput<typeof Augmentation>

export const RunConfig = v.pipe(
  v.strictObject({
    name: Slug,
    flora: Slug,
    seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffffff)), 0),
    /** `deterministic`: only workers of the WASM class; the same bits with any of them. `any`: GPUs as well. */
    backend: v.optional(v.picklist(['deterministic', 'any']), 'deterministic'),
    architecture: Architecture,
    samplesPerTask: count(4096),
    tasksPerStep: count(65_536),
    /** Batch statistics are per chunk (BN1). Default: samplesPerTask. */
    samplesPerChunk: v.optional(count(4096)),
    epochs: v.optional(count(100_000)),
    /** May stand for `epochs`. */
    steps: v.optional(count(100_000_000)),
    wire: v.optional(Wire, 'int8'),
    optimizer: OptimizerConfig,
    augmentation: v.optional(Augmentation, {}),
    labelSmoothing: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0),
    /** Evaluate on the validation split each time so many epochs are through. */
    evaluateEveryEpochs: v.optional(positive, 1),
    /** Publish each evaluated checkpoint that is better than what this run has published. */
    publishBest: v.optional(v.boolean(), false),
  }),
  v.check((run) => (run.epochs === undefined) !== (run.steps === undefined), 'give either epochs or steps'),
  v.check(
    (run) => run.samplesPerChunk === undefined || run.samplesPerTask % run.samplesPerChunk === 0,
    'samplesPerTask must be a multiple of samplesPerChunk',
  ),
)
export type RunConfig = v.InferOutput<typeof RunConfig>

export function samplesPerChunk(run: RunConfig): number {
  return run.samplesPerChunk ?? run.samplesPerTask
}
