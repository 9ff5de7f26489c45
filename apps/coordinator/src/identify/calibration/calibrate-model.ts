/**
 * A model's calibration from its flora's photos and drawn pictures of other things: a pure function of the job. Blocks for seconds to
 * minutes: for a thread of its own.
 */
import { drawNonPlant } from '@worldflora/dataset/non-plants'
import { openBackend } from '@worldflora/model/backend'
import { calibrate, organOf } from '@worldflora/model/calibrating'
import { encodeHeads } from '@worldflora/model/calibration'
import { openLookingNetwork } from '@worldflora/model/looking'
import { nodeAssets } from '@worldflora/model/node-assets'
import { featureCount } from '@worldflora/model/parameters'
import { openDecoder } from '@worldflora/model/photo'
import { readPublished } from '@worldflora/model/published-weights'
import { isRejection } from '@worldflora/protocol/rejection'
import type { CalibrationAnswer, CalibrationJob, LabelledPhoto } from './jobs.ts'

const SEED = 1
const NON_PLANTS = 540
/** Numbers of all validation photos' logits together, for a flora of very many species. */
const MOST_LOGITS = 50_000_000

export async function calibrateModel(job: CalibrationJob): Promise<CalibrationAnswer> {
  const { architecture, species, train, storedSize } = job
  const classes = species.length
  const opened = await openBackend('wasm', nodeAssets)
  if (isRejection(opened)) return { kind: 'failed', why: opened.message }
  await openDecoder(nodeAssets)
  const { form, bytes } = job.weights
  const weights = readPublished({ form, bytes: new Uint8Array(bytes) }, architecture, classes)
  if (isRejection(weights)) return { kind: 'failed', why: weights.message }
  const validation = job.validation.slice(0, Math.max(1, Math.floor(MOST_LOGITS / classes)))
  const network = openLookingNetwork({ architecture, classes, weights })
  try {
    const seen = network.look(validation, { logits: true })
    const trained = network.look(train)
    const size = Math.min(storedSize, Math.round(1.5 * architecture.imageSize))
    const others: { jpeg: Uint8Array }[] = []
    for (let n = 0; n < NON_PLANTS; n++) others.push(await drawNonPlant(SEED, n, size))
    const { heads, ...calibration } = calibrate({
      kin: species,
      validation: { ...labelsOf(validation), ...seen },
      train: { ...labelsOf(train), features: trained.features },
      nonPlants: network.look(others).features,
      seed: SEED,
    })
    return {
      kind: 'calibrated',
      calibration,
      heads: encodeHeads(heads),
      features: featureCount(architecture),
    }
  } finally {
    network.dispose()
  }
}

function labelsOf(photos: readonly LabelledPhoto[]) {
  return {
    species: photos.map(({ species }) => species),
    keys: photos.map(({ species, observation }) => `${species} ${observation}`),
    organs: photos.map(({ organ }) => organOf(organ)),
  }
}
