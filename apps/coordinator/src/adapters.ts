/** What the coordinator stands on: one adapter for each port. Tests put their own in between; nothing below asks which. */
import { type Clock, systemClock } from './clock.ts'
import { startCalibrator } from './identify/calibration/calibrator.thread.ts'
import type { Calibrator } from './identify/calibration/calibrator.ts'
import { startPhotoReaders } from './identify/photo-readers.pool.ts'
import type { PhotoReaders } from './identify/photo-readers.ts'
import { startReducerPool } from './reduction/reducer.pool.ts'
import type { Reducer } from './reduction/reducer.ts'
import { openBlobFiles } from './store/blob-store.files.ts'
import type { BlobStore } from './store/blob-store.ts'
import { openPgliteStore } from './store/store.pglite.ts'
import type { Store } from './store/store.ts'

export type Adapters = {
  clock: Clock
  openStore(folder: string): Promise<Store>
  /** What anybody may have: shards, manifests, bases, deltas. */
  openBlobs(folder: string): Promise<BlobStore>
  openOptimizerStates(folder: string): Promise<BlobStore>
  openSubmissionPhotos(folder: string): Promise<BlobStore>
  startReducer(onLost: (error: Error) => void): Reducer
  startCalibrator(): Calibrator
  /** None of them runs before there is a photo to read. */
  photoReaders(): PhotoReaders
}

export function systemAdapters(): Adapters {
  return {
    clock: systemClock(),
    openStore: openPgliteStore,
    openBlobs: openBlobFiles,
    openOptimizerStates: openBlobFiles,
    openSubmissionPhotos: openBlobFiles,
    startReducer: startReducerPool,
    startCalibrator,
    photoReaders: () => startPhotoReaders(),
  }
}
