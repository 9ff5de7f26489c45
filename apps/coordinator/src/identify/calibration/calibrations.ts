/**
 * Sees to it that the published model is calibrated: after a publication, and after a restart that came in between. One at a time, without
 * volunteers. What fails is noted, and tried again with the next start; the model works without.
 */
import type { Calibration } from '@worldflora/protocol/calibration'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection } from '@worldflora/protocol/rejection'
import { Queue } from '../../queue.ts'
import type { Surroundings } from '../../runs/surroundings.ts'
import { rejectionOf } from '../../store/storage-fault.ts'
import { weightsOfModel } from '../model-weights.ts'
import type { Calibrator } from './calibrator.ts'
import type { CalibrationAnswer } from './jobs.ts'
import { samplePhotos } from './photo-sample.ts'

const MOST_VALIDATION_PHOTOS = 1000
const MOST_TRAIN_PHOTOS = 500

type Around = Pick<Surroundings, 'store' | 'blobs' | 'floras' | 'journal' | 'keeping' | 'noteChange'>

export class Calibrations {
  readonly #at: Around
  readonly #calibrator: Calibrator
  readonly #onCalibrated: (model: PublishedModel) => void
  readonly #queue = new Queue()
  #isOver = false

  constructor(at: Around, calibrator: Calibrator, onCalibrated: (model: PublishedModel) => void = () => {}) {
    this.#at = at
    this.#calibrator = calibrator
    this.#onCalibrated = onCalibrated
  }

  /** The model that is published now, if it has no calibration yet. Answers when that is through; never rejects. */
  attend(): Promise<void> {
    return this.#queue.add(() => this.#attend()).catch((error: unknown) => this.#noteFailure(null, error))
  }

  async close(): Promise<void> {
    this.#isOver = true
    await this.#calibrator.close()
    await this.#queue.drained()
  }

  async #attend(): Promise<void> {
    if (this.#isOver) return
    const model = await this.#at.store.latestModel()
    if (model === null || model.calibration !== null) return
    try {
      const answer = await this.#fit(model)
      if (answer === null || this.#isOver) return
      if (answer.kind === 'failed') throw new Error(answer.why)
      await this.#keep(model, answer)
    } catch (error) {
      this.#noteFailure(model, error)
    }
  }

  /** null: its flora or its weights cannot be read. */
  async #fit(model: PublishedModel): Promise<CalibrationAnswer | null> {
    const { blobs, floras } = this.#at
    const manifest = await floras.manifestOf(model.flora.hash)
    const weights = await weightsOfModel(blobs, model)
    if (isRejection(manifest) || weights === null) return null
    const validation = await samplePhotos(blobs, manifest.shards.val, MOST_VALIDATION_PHOTOS)
    const train = await samplePhotos(blobs, manifest.shards.train, MOST_TRAIN_PHOTOS)
    const { architecture, species } = model
    const { storedSize } = manifest
    return this.#calibrator.calibrate({ architecture, species, weights, validation, train, storedSize })
  }

  /** The blob is durable before the row names it (CK1). */
  async #keep(
    model: PublishedModel,
    answer: Extract<CalibrationAnswer, { kind: 'calibrated' }>,
  ): Promise<void> {
    const { store, blobs, keeping, journal, noteChange } = this.#at
    await keeping.add(async () => {
      const bytes = answer.heads.byteLength
      const heads =
        bytes === 0 ? null : { blob: await blobs.put(answer.heads), bytes, features: answer.features }
      const calibration = { ...answer.calibration, heads }
      await store.recordCalibration(model.id, calibration)
      this.#onCalibrated({ ...model, calibration })
    })
    journal.note(
      'model-calibrated',
      model.run.id,
      `The model of ${model.run.name} is calibrated. ${wordsOf(answer.calibration)}`,
    )
    noteChange()
  }

  #noteFailure(model: PublishedModel | null, error: unknown): void {
    if (this.#isOver) return
    const why = error instanceof Error ? error.message : rejectionOf(error).message
    this.#at.journal.note(
      'calibration-failed',
      model?.run.id ?? null,
      `The published model could not be calibrated: ${why} Its scores are its own; it is tried again at the next start.`,
    )
  }
}

function wordsOf({ plantCheck, lacking }: Omit<Calibration, 'heads'>): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const check =
    plantCheck === null
      ? []
      : [
          `Of photos of plants it refuses ${percent(plantCheck.plantsRefused)}, of drawn pictures without one ${percent(plantCheck.nonPlantsRefused)}.`,
        ]
  return [...check, ...lacking].join(' ')
}
