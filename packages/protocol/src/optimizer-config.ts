/** RUN.json's `optimizer`: which rule makes an update of a step's mean gradient, and how its rate runs. */
import * as v from 'valibot'

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0))
const belowOne = v.pipe(v.number(), v.minValue(0), v.ltValue(1))
const momentum = v.optional(belowOne, 0.9)

// A stored run's configuration is compared with what RUN.json says now: fields that came later have no default in it.
const ofAll = {
  learningRate: positive,
  /** The global batch that `learningRate` is for: the rate is scaled linearly to the run's own. Absent: taken as it is. */
  referenceBatch: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1e9))),
  /** Of tensors of rank 2 and more alone: not of norms and biases. */
  weightDecay: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
  schedule: v.optional(v.picklist(['constant', 'cosine', 'step', 'polynomial']), 'constant'),
  warmupEpochs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1000)), 0),
  /** `step`: the rate is multiplied by `stepFactor` at each of these epochs. */
  stepEpochs: v.optional(v.pipe(v.array(v.pipe(v.number(), v.minValue(0))), v.maxLength(32)), []),
  stepFactor: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 0.1),
  /** `polynomial`: 1, linear, if absent. */
  power: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16))),
  /** `cosine` and `polynomial`: which part of the rate is left at the end; none if absent. */
  endFactor: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** A mean gradient whose norm over all tensors is larger is shortened to it. */
  clipNorm: v.optional(positive),
  /** Evaluations and the published model use an average of the weights, of which each step keeps this share. */
  ema: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
}

/** Stochastic gradient descent with momentum. */
const Sgd = v.strictObject({
  name: v.literal('sgd'),
  ...ofAll,
  momentum,
  nesterov: v.optional(v.boolean(), false),
})

/** For very large batches (You, Gitman, Ginsburg 2017). */
const Lars = v.strictObject({
  name: v.literal('lars'),
  ...ofAll,
  momentum,
  trustCoefficient: v.optional(v.pipe(positive, v.maxValue(1)), 0.001),
})

/** Loshchilov and Hutter 2019. The decay is multiplied by the rate, as PyTorch has it. */
const Adamw = v.strictObject({
  name: v.literal('adamw'),
  ...ofAll,
  beta1: v.optional(belowOne, 0.9),
  beta2: v.optional(belowOne, 0.999),
  epsilon: v.optional(positive, 1e-8),
})

export type SgdConfig = v.InferOutput<typeof Sgd>
export type LarsConfig = v.InferOutput<typeof Lars>
export type AdamwConfig = v.InferOutput<typeof Adamw>

export const OptimizerConfig = v.pipe(
  v.variant('name', [Sgd, Lars, Adamw]),
  v.check(
    ({ schedule, power }) => power === undefined || schedule === 'polynomial',
    'power is of the schedule polynomial alone',
  ),
  v.check(
    ({ schedule, endFactor }) => endFactor === undefined || ['cosine', 'polynomial'].includes(schedule),
    'endFactor is of the schedules cosine and polynomial alone',
  ),
)
export type OptimizerConfig = v.InferOutput<typeof OptimizerConfig>
