/** Names plants with the published model. Lives in a Web Worker; the page talks to it through comlink. */
import { type BackendAssets, openBackend } from '@worldflora/model/backend'
import { openDecoder, type Rgb } from '@worldflora/model/photo'
import type { Look } from '@worldflora/model/prediction'
import { isRejection, type Rejection } from '@worldflora/protocol/rejection'
import type { Species } from '@worldflora/protocol/species'
import { type Found, SpeciesSearch } from '@worldflora/protocol/species-search'
import type { Answer } from './answer.ts'
import { answerFrom } from './answering.ts'
import type {
  Identifier,
  NamingStage,
  OpenedModel,
  OpeningStage,
  PhotoRejection,
  UpdateLook,
} from './identifier-port.ts'
import { fetchNewer, fetchNewest, type HeldModel, takeFromShelf } from './model/held-model.ts'
import { ModelInUse } from './model/model-in-use.ts'
import { openShelf } from './model/shelf.ts'
import type { Narrowing } from './narrowing/narrowing.ts'
import { paced } from './paced.ts'
import { openPhoto } from './photo/open-photo.ts'

/** Species, for some tens of milliseconds. */
const FOLDED_AT_ONCE = 2000

/** By then a photo that was waiting for the model has been asked about. */
const WARM_UP_AFTER_MS = 100
const BLANK: Rgb = { width: 1, height: 1, data: new Uint8Array(4) }

export class ModelIdentifier implements Identifier {
  readonly #assets: BackendAssets
  readonly #shelf = openShelf()
  #inUse: ModelInUse | null = null
  /** Newer than the one in use, and whole. */
  #newer: HeldModel | null = null
  #looking: Promise<UpdateLook> | null = null
  #isWarm = false
  #search: { species: readonly Species[]; search: SpeciesSearch } | null = null
  /** What was seen on the photos that were named last. */
  #seen: { by: ModelInUse; looks: readonly Look[] } | null = null

  constructor(assets: BackendAssets) {
    this.#assets = assets
  }

  async open(onStage: (stage: OpeningStage) => void): Promise<OpenedModel | Rejection> {
    const shelf = await this.#shelf
    // The network's programs are compiled while its weights are on their way.
    const ready = this.#openBackend()
    // Awaited below, unless there is no model.
    ready.catch(() => {})
    const kept = await takeFromShelf(shelf)
    const held =
      kept ??
      (await fetchNewest(
        shelf,
        paced((done, total) => onStage({ kind: 'fetching', done, total })),
      ))
    if (isRejection(held)) return held
    onStage({ kind: 'preparing' })
    const opened = await ready
    if (isRejection(opened)) return opened
    const inUse = this.#use(held, kept === null)
    if (!isRejection(inUse)) setTimeout(() => void this.#warmUp(), WARM_UP_AFTER_MS)
    return inUse
  }

  async name(
    photos: readonly Blob[],
    narrowing: Narrowing,
    onStage: (stage: NamingStage) => void,
  ): Promise<Answer | Rejection | PhotoRejection> {
    if (this.#inUse === null) throw new Error('open comes first')
    this.#isWarm = true
    const startMs = performance.now()
    const by = this.#inUse
    this.#seen = null
    return by.lend(async ({ predictor }) => {
      const looks: Look[] = []
      for (const [index, file] of photos.entries()) {
        onStage({ kind: 'opening-photo', photo: index })
        const photo = await openPhoto(file)
        if (isRejection(photo)) return { ...photo, photo: index }
        onStage({ kind: 'computing' })
        looks.push(...(await predictor.look([photo])))
      }
      this.#seen = { by, looks }
      return this.#answer(narrowing, startMs)!
    })
  }

  async findSpecies(text: string, most: number): Promise<Found> {
    if (this.#inUse === null) throw new Error('open comes first')
    const { species } = this.#inUse.model
    if (this.#search?.species !== species) this.#search = { species, search: new SpeciesSearch(species) }
    const { search } = this.#search
    // Whoever asks for a name meanwhile does not wait for 300,000 of them to be folded.
    while (!search.prepare(FOLDED_AT_ONCE)) await new Promise((resolve) => setTimeout(resolve))
    return search.find(text, most)
  }

  async answerAgain(narrowing: Narrowing): Promise<Answer | null> {
    return this.#answer(narrowing, performance.now())
  }

  #answer(narrowing: Narrowing, startMs: number): Answer | null {
    if (this.#seen === null) return null
    const { by, looks } = this.#seen
    const answer = answerFrom({ model: by.model, places: by.places(), looks }, narrowing)
    return { ...answer, milliseconds: performance.now() - startMs }
  }

  lookForUpdate(): Promise<UpdateLook> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null
    })
    return this.#looking
  }

  async takeUpdate(): Promise<OpenedModel | Rejection> {
    if (this.#newer === null) throw new Error('there is no newer model')
    const taken = this.#use(this.#newer, true)
    this.#newer = null
    return taken
  }

  async #look(): Promise<UpdateLook> {
    if (this.#inUse === null) throw new Error('open comes first')
    const { model } = this.#inUse
    const newer = await fetchNewer(await this.#shelf, this.#newer?.model ?? model)
    if (newer === null) return { kind: 'same' }
    if (isRejection(newer)) return { kind: 'out-of-reach' }
    this.#newer = newer
    const isAnother = newer.model.weights.blob !== model.weights.blob
    return { kind: 'newer', kept: newer.isKept, offer: isAnother ? summaryOf(newer, true) : null }
  }

  #use(held: HeldModel, isFresh: boolean): OpenedModel | Rejection {
    const opened = ModelInUse.open(held)
    if (isRejection(opened)) return opened
    this.#inUse?.giveUp()
    this.#inUse = opened
    return summaryOf(held, isFresh)
  }

  /**
   * WASM names a photo in milliseconds at once, where a GPU would first compile its programs for seconds; plain JavaScript
   * is for browsers without SIMD.
   */
  async #openBackend(): Promise<null | Rejection> {
    const decoder = openDecoder(this.#assets)
    const wasm = await openBackend('wasm', this.#assets)
    await decoder
    if (!isRejection(wasm)) return null
    const cpu = await openBackend('cpu', this.#assets)
    return isRejection(cpu) ? wasm : null
  }

  /** The first look takes ten times as long as the next: the engine compiles what is run. Whoever has a photo ready does not wait for it. */
  async #warmUp(): Promise<void> {
    if (this.#isWarm || this.#inUse === null) return
    this.#isWarm = true
    await this.#inUse.lend(({ predictor }) => predictor.look([BLANK]))
  }
}

function summaryOf({ model, extras, isKept }: HeldModel, isFresh: boolean): OpenedModel {
  const { id, flora, species } = model
  return {
    id,
    flora: flora.name,
    floraHash: flora.hash,
    species: species.length,
    checklists: checklistsOf(species),
    hasPlaces: extras.places !== null,
    kept: isKept,
    isFresh,
  }
}

/** By name. */
function checklistsOf(species: readonly Species[]): OpenedModel['checklists'] {
  const counts = new Map<string, number>()
  for (const { checklists = [] } of species) {
    for (const name of checklists) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, count]) => ({ name, species: count }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
