/** Inside the thread: one model's calibration from its photos, then the end. */
import { parentPort, workerData } from 'node:worker_threads'
import { calibrateModel } from './calibrate-model.ts'
import type { CalibrationAnswer, CalibrationJob } from './jobs.ts'

const port = parentPort
if (port === null) throw new Error('calibration runs in a worker thread')
const answer = await calibrateModel(workerData as CalibrationJob).catch(
  (error: unknown): CalibrationAnswer => ({
    kind: 'failed',
    why: error instanceof Error ? error.message : String(error),
  }),
)
port.postMessage(answer)
