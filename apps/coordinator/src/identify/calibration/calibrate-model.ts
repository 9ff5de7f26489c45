/**
 * A model's calibration from its flora's photos and drawn pictures of other things: a pure function of the job. Blocks for seconds to
 * minutes: for a thread of its own.
 */
import { drawNonPlant } from '@worldflora/dataset/non-plants'
import { openBackend } from '@worldflora/model/backend'
import { calibrate, encodedHeads, organOf, type Rows } from '@worldflora/model/calibrating'
import { type LookingNetwork, openLookingNetwork } from '@worldflora/model/looking'
import { nodeAssets } from '@worldflora/model/node-assets'
import { featureCount, parameterSpecs } from '@worldflora/model/parameters'
import { openDecoder } from '@worldflora/model/photo'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { isRejection } from '@worldflora/protocol/rejection'
import { decodeWeights } from '@worldflora/protocol/tensor-codec'
import type { CalibrationAnswer, CalibrationJob, LabelledPhoto } from './jobs.ts'

const SEED = 1
const NON_PLANTS = 540
const BATCH = 32
/** Numbers of all validation photos' logits together, for a flora of very many species. */
const MOST_LOGITS = 50_000_000

export async function calibrateModel(job: CalibrationJob): Promise<CalibrationAnswer> {
  const { architecture, species, train, storedSize } = job
  const classes = species.length
  const opened = await openBackend('wasm', nodeAssets)
  if (isRejection(opened)) return { kind: 'failed', why: opened.message }
  await openDecoder(nodeAssets)
  const weights = decodeWeights(job.weights, layoutOf(parameterSpecs(architecture, classes)))
  if (isRejection(weights)) return { kind: 'failed', why: weights.message }
  const validation = job.validation.slice(0, Math.max(1, Math.floor(MOST_LOGITS / classes)))
  const network = openLookingNetwork({ architecture, classes, weights })
  try {
    const seen = lookAt(network, validation, true)
    const trained = lookAt(network, train, false)
    const size = Math.min(storedSize, Math.round(1.5 * architecture.imageSize))
    const others: { jpeg: Uint8Array }[] = []
    for (let n = 0; n < NON_PLANTS; n++) others.push(await drawNonPlant(SEED, n, size))
    const { heads, ...calibration } = withHeads({
      kin: species,
      validation: { ...labelsOf(validation), features: seen.features, logits: seen.logits },
      train: { ...labelsOf(train), features: trained.features },
      nonPlants: lookAt(network, others, false).features,
      seed: SEED,
    })
    return { kind: 'calibrated', calibration, heads, features: featureCount(architecture) }
  } finally {
    network.dispose()
  }
}

function withHeads(work: Parameters<typeof calibrate>[0]) {
  const calibrated = calibrate(work)
  return { ...calibrated, heads: encodedHeads(calibrated) }
}

function labelsOf(photos: readonly LabelledPhoto[]) {
  return {
    species: photos.map(({ species }) => species),
    keys: photos.map(({ species, observation }) => `${species} ${observation}`),
    organs: photos.map(({ organ }) => organOf(organ)),
  }
}

/** Without `logits` they are not kept. */
function lookAt(
  network: LookingNetwork,
  photos: readonly { jpeg: Uint8Array }[],
  logits: boolean,
): { features: Rows; logits: Rows } {
  const kept: { features: Float32Array[]; logits: Float32Array[] } = { features: [], logits: [] }
  for (let start = 0; start < photos.length; start += BATCH) {
    const looks = network.look(photos.slice(start, start + BATCH))
    kept.features.push(looks.features)
    if (logits) kept.logits.push(looks.logits)
  }
  return {
    features: rowsOf(kept.features, photos.length, network.features),
    logits: rowsOf(kept.logits, logits ? photos.length : 0, network.classes),
  }
}

function rowsOf(parts: readonly Float32Array[], count: number, width: number): Rows {
  const values = new Float32Array(count * width)
  let at = 0
  for (const part of parts) {
    values.set(part, at)
    at += part.length
  }
  return { count, width, values }
}
