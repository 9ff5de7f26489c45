/** Why a file could not be used. */
import { useRefusalWords } from '../languages/refusal-words.ts'
import { useTexts } from '../languages/use-texts.ts'
import { MOST_PHOTOS } from './answer.ts'
import type { PhotoFault } from './use-plant-photos.ts'

export function FaultWords({ fault }: { fault: PhotoFault }) {
  const t = useTexts('identify')
  const wordsOf = useRefusalWords()
  if (fault.kind === 'left-out') return <p>{t('leftOut', { left: fault.left, most: MOST_PHOTOS })}</p>
  const { message, action } = wordsOf(fault.rejection)
  return <p>{t('unopened', { file: fault.file, message, action })}</p>
}
