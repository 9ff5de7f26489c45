/** Names plants with the published model. Lives in a Web Worker; the page talks to it through comlink. */
import { type BackendAssets, openBackend } from '@worldflora/model/backend'
import { showsPlant, suggestedOrgan } from '@worldflora/model/calibration'
import { openDecoder } from '@worldflora/model/photo'
import { bestOf, fuse, type Look, type Predictor } from '@worldflora/model/prediction'
import { openPublished } from '@worldflora/model/published-predictor'
import { ORGANS, type Organ } from '@worldflora/protocol/calibration'
import type { PublishedModel } from '@worldflora/protocol/http'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import { type Answer, CANDIDATES, kinAnswer, shortlistLength } from './answer.ts'
import type { Identifier, NamingStage, OpenedModel, OpeningStage, PhotoRejection } from './identifier-port.ts'
import { fetchModel } from './model/model-shelf.ts'
import { openPhoto } from './photo/open-photo.ts'

/** Another word than ours would be of a newer site. */
function organNamed(name: string | undefined): Organ | null {
  return ORGANS.find((organ) => organ === name) ?? null
}

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
    const { architecture, calibration, species } = model
    const { weights, heads } = shelved
    const predictor = openPublished({
      architecture,
      classes: species.length,
      calibration,
      weights: { form: 'canonical', bytes: weights },
      heads,
    })
    if (isRejection(predictor)) return predictor
    this.#opened?.predictor.dispose()
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
    const { calibration } = model
    return {
      candidates: bestOf(scores, CANDIDATES).map(([species, score]) => ({
        species: model.species[species]!,
        score,
      })),
      kin: kinAnswer(model.species, scores, calibration?.rollUp),
      shortlist: shortlistLength(model.species, scores, calibration?.rollUp),
      isPlant: showsPlant(calibration, looks),
      organs: looks.map((look) => organNamed(suggestedOrgan(calibration, look)?.name)),
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
