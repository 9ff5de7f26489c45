/** Fits a model's calibration. For the coordinator and benches: tabs only use what comes out (../index.ts). */
export {
  type Calibrated,
  calibrate,
  fitScores,
  type LookedAt,
  type ToCalibrate,
} from './calibrate.ts'
export { type Answered, expectedError, expectedErrorFloor } from './expected-error.ts'
export { cutAt, foldsOf } from './folds.ts'
export { fitLinearHeads } from './linear-heads.ts'
export { organOf } from './organs.ts'
export { fitPlantCheck } from './plant-check.ts'
export { joined, pick, type Rows, rowOf } from './rows.ts'
