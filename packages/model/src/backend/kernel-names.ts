/**
 * Kernels that are not tfjs's own. Where a backend has one registered, the ops use it; elsewhere they are composed of
 * tfjs's. (The gradients of convolutions stand under tfjs's standard names.)
 */
export const CHANNEL_MOMENTS = 'WorldfloraChannelMoments'
export const CHANNEL_SUMS = 'WorldfloraChannelSums'
export const NORMALISE = 'WorldfloraNormalise'
export const NORMALISE_GRADIENT = 'WorldfloraNormaliseGradient'
export const ACTIVATION_GRADIENT = 'WorldfloraActivationGradient'
