/** The optimizer's door: rates and updates, pure and free of any tensor library (the coordinator runs it). */
export { carryOptimizerState } from './carry-over.ts'
export { learningRateAt, type RateMoment } from './learning-rate.ts'
export {
  decodeOptimizerState,
  encodeOptimizerState,
  initOptimizer,
  type OptimizerState,
} from './optimizer-state.ts'
export { nextStatistics, STATISTICS_MOMENTUM } from './running-statistics.ts'
export { sgdUpdate } from './sgd.ts'
