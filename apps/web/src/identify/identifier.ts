/** Names plants with the published model. Lives in a Web Worker; the page talks to it through comlink. */
import { type BackendAssets, openBackend } from '@worldflora/model/backend'
import { headsOf } from '@worldflora/model/calibration'
import { featureCount, parameterSpecs } from '@worldflora/model/parameters'
import { openDecoder } from '@worldflora/model/photo'
import {
  bestOf,
  createPredictor,
  fuse,
  type Look,
  type Predictor,
  plantScoreOf,
} from '@worldflora/model/prediction'
import type { PublishedModel } from '@worldflora/protocol/http'
import { layoutOf } from '@worldflora/protocol/parameter-layout'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { decodeWeights } from '@worldflora/protocol/tensor-codec'
import { type Answer, CANDIDATES, genusAnswer } from './answer.ts'
import type { Identifier, NamingStage, OpenedModel, OpeningStage, PhotoRejection } from './identifier-port.ts'
import { fetchModel } from './model/model-shelf.ts'
import { openPhoto } from './photo/open-photo.ts'

export class ModelIdentifier implements Identifier {
  readonly #assets: BackendAssets
  #opened: { model: PublishedModel; predictor: Predictor } | null = null

  constructor(assets: BackendAssets) {
    this.#assets = assets
  }

  /** May be called again after a rejection, or to take up a newer model. */
  async open(onStage: (stage: OpeningStage) => void): Promise<OpenedModel | Rejection> {
    const shelved = await fetchModel((done, total) => onStage({ kind: 'fetching', done, total }))
    if (isRejection(shelved)) return shelved
    onStage({ kind: 'preparing' })
    const { model, kept } = shelved
    const opened = await this.#openBackend()
    if (isRejection(opened)) return opened
    await openDecoder(this.#assets)
    const layout = layoutOf(parameterSpecs(model.architecture, model.species.length))
    const weights = decodeWeights(shelved.weights, layout)
    if (isRejection(weights)) return weights
    const { architecture, calibration } = model
    // Checks that did not come whole are done without.
    const heads =
      calibration && shelved.heads ? headsOf(calibration, shelved.heads, featureCount(architecture)) : null
    this.#opened?.predictor.dispose()
    const predictor = createPredictor({
      architecture,
      classes: model.species.length,
      weights,
      temperature: calibration?.temperature,
      heads: heads === null || isRejection(heads) ? undefined : heads,
    })
    this.#opened = { model, predictor }
    return { id: model.id, flora: model.flora.name, species: model.species.length, kept }
  }

  /** One plant from one to five photos of it. */
  async name(
    photos: readonly Blob[],
    onStage: (stage: NamingStage) => void,
  ): Promise<Answer | Rejection | PhotoRejection> {
    if (this.#opened === null) throw new Error('open comes first')
    const { model, predictor } = this.#opened
    const startMs = performance.now()
    const looks: Look[] = []
    for (const [index, file] of photos.entries()) {
      onStage({ kind: 'opening-photo', photo: index })
      const photo = await openPhoto(file)
      if (isRejection(photo)) return { ...photo, photo: index }
      onStage({ kind: 'computing' })
      looks.push(...(await predictor.look([photo])))
    }
    const scores = fuse(looks.map((look) => look.scores))
    const plant = plantScoreOf(looks)
    const check = model.calibration?.plantCheck
    return {
      candidates: bestOf(scores, CANDIDATES).map(([species, score]) => ({
        species: model.species[species]!,
        score,
      })),
      genus: genusAnswer(model.species, scores, model.calibration?.rollUp),
      isPlant: plant === null || !check ? null : plant >= check.threshold,
      milliseconds: performance.now() - startMs,
    }
  }

  /**
   * WASM names a photo in milliseconds at once, where a GPU would first compile its programs for seconds; plain JavaScript
   * is for browsers without SIMD.
   */
  async #openBackend(): Promise<null | Rejection> {
    const wasm = await openBackend('wasm', this.#assets)
    if (!isRejection(wasm)) return null
    const cpu = await openBackend('cpu', this.#assets)
    return isRejection(cpu) ? wasm : null
  }
}
