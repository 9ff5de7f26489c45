/** A calibrator that starts a thread for each model, and ends it. */
import { Worker } from 'node:worker_threads'
import type { Calibrator } from './calibrator.ts'
import type { CalibrationAnswer } from './jobs.ts'

export function startCalibrator(): Calibrator {
  const threads = new Set<Worker>()
  return {
    calibrate: (job) =>
      new Promise<CalibrationAnswer>((resolve, reject) => {
        // The entry brings its own loader; what this process was started with may not suit a thread.
        const entry = new URL('./thread-entry.mjs', import.meta.url)
        const thread = new Worker(entry, { execArgv: [], workerData: job })
        threads.add(thread)
        thread.once('message', resolve)
        thread.once('error', reject)
        thread.once('exit', () => {
          threads.delete(thread)
          reject(new Error('the thread of the calibration has ended'))
        })
      }),
    async close() {
      await Promise.all([...threads].map((thread) => thread.terminate()))
    },
  }
}
