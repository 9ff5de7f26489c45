/** Port: computes a model's calibration somewhere beside the event loop. */
import type { CalibrationAnswer, CalibrationJob } from './jobs.ts'

export type Calibrator = {
  calibrate(job: CalibrationJob): Promise<CalibrationAnswer>
  /** Ends what is under way; its promise rejects. */
  close(): Promise<void>
}
