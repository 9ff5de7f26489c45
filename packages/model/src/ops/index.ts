/**
 * The ops that networks are built of, each with its gradient on every backend. tfjs-core registers no gradients by itself:
 * only what stands here can be differentiated through.
 */
export { batchNormInference, batchNormTraining, type Normalised } from './batch-norm.ts'
export { biasedConv2d, biasedDepthwiseConv2d } from './biased-convolution.ts'
export { conv2d, depthwiseConv2d } from './convolution.ts'
export { dense } from './dense.ts'
export { softmaxCrossEntropy } from './loss.ts'
export { globalAveragePool, maxPool } from './pooling.ts'
export { total } from './reduction.ts'
export { addActivated } from './residual.ts'
