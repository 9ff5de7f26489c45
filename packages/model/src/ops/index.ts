/**
 * The ops that networks are built of, with their gradients on every backend. Those of a network's body are plain functions: a
 * network goes forward and backward by itself (`architecture/training-pass.ts`), and gives every map's memory back as
 * soon as it can, which tfjs's own recording does not. Only the head (`dense`) and the loss can be differentiated by tfjs.
 */
export { activate, activationGradient } from './activation.ts'
export { channelMoments, type Moments, type NormOptions, normalise, normaliseGradient } from './batch-norm.ts'
export { biasGradient } from './bias.ts'
export {
  type Convolving,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  convolveBiased,
} from './convolution.ts'
export { dense, denseGradient } from './dense.ts'
export { type LossOptions, softmaxCrossEntropy } from './loss.ts'
export {
  globalAveragePool,
  globalAveragePoolGradient,
  maxPool,
  maxPoolGradient,
  type Pooling,
} from './pooling.ts'
export { type Labels, softTargets } from './targets.ts'
