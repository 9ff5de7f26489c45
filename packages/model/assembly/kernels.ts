/**
 * The gradient kernels that tfjs's WASM backend lacks, batch normalisation in few passes, and random numbers, on four lanes of SIMD.
 *
 * They work in place on tfjs's tensors: the memory is tfjs's, a pointer is a tensor's offset in it. So this module has no
 * data section, no heap and no globals; scratch space is a tensor of the caller's. Images are [n, height, width,
 * channels], values 32-bit floats. Every sum has one fixed order, so the same bits come out of every engine (SD2); for the
 * same reason there is no relaxed SIMD.
 */
export { activationGradient } from './activation'
export { channelMoments, channelSums, normalise, normaliseInputGradient, normaliseParameterGradient } from './batch-norm'
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise'
export { multiplyPacked, multiplyTransposed, packTransposed } from './matrix-product'
export { maxPoolGradient } from './max-pool'
export { gatherPatches, scatterPatches } from './patches'
export { threefryBlocks } from './threefry'
