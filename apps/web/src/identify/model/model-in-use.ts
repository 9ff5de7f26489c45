/** A model that photos are named with. Who has borrowed it ends with it, also if another has taken its place meanwhile. */
import type { Predictor } from '@worldflora/model/prediction'
import { openPublished } from '@worldflora/model/published-predictor'
import { decodePlaces, type SpeciesPlaces } from '@worldflora/protocol/places'
import type { PublishedModel } from '@worldflora/protocol/published-model'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { HeldModel } from './held-model.ts'

export class ModelInUse {
  readonly model: PublishedModel
  readonly #encodedPlaces: Uint8Array | null
  readonly #predictor: Predictor
  #borrowers = 0
  #isGivenUp = false
  #places: readonly SpeciesPlaces[] | null = null

  private constructor(model: PublishedModel, encodedPlaces: Uint8Array | null, predictor: Predictor) {
    this.model = model
    this.#encodedPlaces = encodedPlaces
    this.#predictor = predictor
  }

  /** Needs an open backend. */
  static open({ model, weights, extras }: HeldModel): ModelInUse | Rejection {
    const { architecture, calibration, species } = model
    const { heads, places } = extras
    const predictor = openPublished({ architecture, classes: species.length, calibration, weights, heads })
    return isRejection(predictor) ? predictor : new ModelInUse(model, places, predictor)
  }

  /** Where its species have been met; null: nobody says, or it cannot be read. */
  places(): readonly SpeciesPlaces[] | null {
    if (this.#places === null && this.#encodedPlaces !== null) {
      const places = decodePlaces(this.#encodedPlaces, this.model.species.length)
      if (!isRejection(places)) this.#places = places
    }
    return this.#places
  }

  async lend<T>(use: (lent: { model: PublishedModel; predictor: Predictor }) => Promise<T>): Promise<T> {
    this.#borrowers++
    try {
      return await use({ model: this.model, predictor: this.#predictor })
    } finally {
      this.#borrowers--
      this.#disposeUnlessUsed()
    }
  }

  /** Disposed of with the last who has borrowed it. */
  giveUp(): void {
    this.#isGivenUp = true
    this.#disposeUnlessUsed()
  }

  #disposeUnlessUsed(): void {
    if (this.#isGivenUp && this.#borrowers === 0) this.#predictor.dispose()
  }
}
