/** What the thread that calibrates a model is told, and what it answers. */
import type { Calibration } from '@worldflora/protocol/calibration'
import type { Architecture } from '@worldflora/protocol/run-config'
import type { Species } from '@worldflora/protocol/species'
import type { SharedWeights } from '../model-weights.ts'

export type LabelledPhoto = {
  jpeg: Uint8Array
  species: number
  observation: string
  organ?: string | undefined
}

export type CalibrationJob = {
  architecture: Architecture
  species: readonly Species[]
  /** Those that tabs and threads name plants with. */
  weights: SharedWeights
  validation: LabelledPhoto[]
  train: LabelledPhoto[]
  /** Pixels of the shorter side of the flora's photos. */
  storedSize: number
}

export type CalibrationAnswer =
  | {
      kind: 'calibrated'
      calibration: Omit<Calibration, 'heads'>
      heads: Uint8Array<ArrayBuffer>
      features: number
    }
  | { kind: 'failed'; why: string }
