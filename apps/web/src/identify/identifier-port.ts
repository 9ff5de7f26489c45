/** The identifier as the page sees it. Imports no tfjs: that is the Web Worker's alone. */
import { type Rejection, reject } from '@worldflora/protocol/rejection'
import type { Answer } from './answer.ts'

export type OpeningStage = { kind: 'fetching'; done: number; total: number } | { kind: 'preparing' }
export type NamingStage = { kind: 'opening-photo'; photo: number } | { kind: 'computing' }

/** What the page may say of the model in use. */
export type OpenedModel = {
  id: string
  flora: string
  species: number
  /** Kept on this device for when there is no network. */
  kept: boolean
}

/** `photo` is the position of the one that could not be opened. */
export type PhotoRejection = Rejection & { photo: number }

export type Identifier = {
  /** May be called again after a rejection. */
  open(onStage: (stage: OpeningStage) => void): Promise<OpenedModel | Rejection>
  /** One plant from one to five photos of it. Needs an open model. */
  name(
    photos: readonly Blob[],
    onStage: (stage: NamingStage) => void,
  ): Promise<Answer | Rejection | PhotoRejection>
}

export function crashed(reason: string): Rejection {
  return reject(
    'identifier-crashed',
    `The recogniser stopped working: ${reason.replace(/\.$/, '')}.`,
    'Load the page again; if it stays so, try another browser.',
  )
}
