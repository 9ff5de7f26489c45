/** The optimizer's door: rates and updates, pure and free of any tensor library (the coordinator runs it). */
export { type Average, type AverageWork, averageDecay, averageRange, nextAverage } from './average.ts'
export { carryOptimizerState } from './carry-over.ts'
export { learningRateAt, type RateMoment } from './learning-rate.ts'
export { type Moments, nextMoments } from './moments.ts'
export { initOptimizer, type OptimizerState } from './optimizer-state.ts'
export { averageIn, decodeOptimizerState, encodeOptimizerState } from './optimizer-state-codec.ts'
export { nextStatistics, STATISTICS_MOMENTUM } from './running-statistics.ts'
export { globalNorm, PIECE, squaresOfTensors, sumOfSquares } from './squares.ts'
export {
  needsWeightSquares,
  prepareUpdate,
  type UpdateBuffers,
  type UpdateRequest,
  type UpdateTerms,
  updateRange,
} from './update.ts'
