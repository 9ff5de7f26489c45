/** Calibrates nothing, for tests of other things: its photos would be bytes that nobody can decode. */
import type { Calibrator } from '../src/identify/calibration/calibrator.ts'

export function idleCalibrator(): Calibrator {
  let end = () => {}
  const over = new Promise<never>((_, reject) => {
    end = () => reject(new Error('closed'))
  })
  over.catch(() => {})
  return {
    calibrate: () => over,
    close: async () => end(),
  }
}
