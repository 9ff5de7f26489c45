/** The identifier as the page sees it. Imports no tfjs: that is the Web Worker's alone. */
import type { Hash } from '@worldflora/protocol/ids'
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Found } from '@worldflora/protocol/species-search'
import type { Answer } from './answer.ts'
import type { Narrowing } from './narrowing/narrowing.ts'

export type OpeningStage = { kind: 'fetching'; done: number; total: number } | { kind: 'preparing' }
export type NamingStage = { kind: 'opening-photo'; photo: number } | { kind: 'computing' }

/** What the page may say of the model in use. */
export type OpenedModel = {
  id: string
  flora: string
  floraHash: Hash
  species: number
  /** Lists of its flora that answers can be kept to, by name. */
  checklists: { name: string; species: number }[]
  /** It knows where its species have been met. */
  hasPlaces: boolean
  /** Kept on this device for when there is no network. */
  kept: boolean
  /** It is what the site said a moment ago; else it was on the device, and there may be a newer one. */
  isFresh: boolean
}

/** Whether the site has a newer model than the one in use. */
export type UpdateLook =
  | { kind: 'out-of-reach' }
  | { kind: 'same' }
  /** `offer` null: only its calibration or its description is newer, which is not worth a question. `kept`: the newest one is. */
  | { kind: 'newer'; kept: boolean; offer: OpenedModel | null }

/** `photo` is the position of the one that could not be opened. */
export type PhotoRejection = Rejection & { photo: number }

export type Identifier = {
  /** The model on this device, without asking anybody; else the site's. May be called again after a rejection. */
  open(onStage: (stage: OpeningStage) => void): Promise<OpenedModel | Rejection>
  /** One plant from one to five photos of it. Needs an open model. */
  name(
    photos: readonly Blob[],
    narrowing: Narrowing,
    onStage: (stage: NamingStage) => void,
  ): Promise<Answer | Rejection | PhotoRejection>
  /** Species of its flora by any of their names, at most `most`. Needs an open model. */
  findSpecies(text: string, most: number): Promise<Found>
  /** About the same photos, without looking at them again; null: they are being looked at, or there are none. */
  answerAgain(narrowing: Narrowing): Promise<Answer | null>
  /** Fetches a newer model and keeps it for the next visit. What is in use stays in use. Needs an open model. */
  lookForUpdate(): Promise<UpdateLook>
  /** The newer model is the one in use from now on. Needs one that was offered. */
  takeUpdate(): Promise<OpenedModel | Rejection>
}

export function crashed(reason: string): Rejection {
  return reject(
    'identifier-crashed',
    `The recogniser stopped working: ${reason.replace(/\.$/, '')}.`,
    'Load the page again; if it stays so, try another browser.',
  )
}
