/** Running averages of batch statistics, for inference (BN1). */

/** Share of the old value that each step keeps (Ioffe and Szegedy 2015 average; PyTorch's default is the same 0.9). */
export const STATISTICS_MOMENTUM = 0.9

/** The new running values from the old ones and the step's mean, both of the statistics section alone. */
export function nextStatistics(running: Float32Array, stepMean: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    running,
    (old, i) => STATISTICS_MOMENTUM * old + (1 - STATISTICS_MOMENTUM) * stepMean[i]!,
  )
}
