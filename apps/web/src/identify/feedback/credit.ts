/** Under which licence and whose name photos are given: kept on this device if whoever gives them wants so. */
import { AuthorName, LICENCES, type Licence } from '@worldflora/protocol/submissions'
import * as v from 'valibot'
import { remember, storageOrNull } from '../../offline/storage.ts'

const KEY = 'worldflora:credit'

export type Credit = { licence: Licence | null; author: string }

const Kept = v.pipe(
  v.string(),
  v.maxLength(2000),
  v.parseJson(),
  v.object({ licence: v.picklist(LICENCES), author: AuthorName }),
)

/** null: nothing is kept, or nothing that can be used. */
export function keptCredit(): Credit | null {
  const kept = v.safeParse(Kept, storageOrNull()?.getItem(KEY))
  return kept.success ? kept.output : null
}

export function keepCredit(credit: Credit): void {
  remember(storageOrNull(), KEY, JSON.stringify(credit))
}

export function forgetCredit(): void {
  storageOrNull()?.removeItem(KEY)
}
