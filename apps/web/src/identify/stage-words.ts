/** What happens between a photo and its answer, in words. */
import type { Amounts } from '../languages/amounts.ts'
import type { Texts } from '../languages/use-texts.ts'
import type { ModelState } from './use-identifier.ts'
import type { NamingState } from './use-naming.ts'

/** Empty when there is nothing to wait for. */
export function stageWords(
  t: Texts<'identify'>,
  { bytes }: Amounts,
  model: ModelState,
  naming: NamingState,
): string {
  if (naming.kind !== 'naming') return ''
  if (model.kind === 'opening') {
    if (model.stage?.kind === 'fetching') {
      return t('fetching', { done: bytes(model.stage.done), total: bytes(model.stage.total) })
    }
    return t('preparing')
  }
  if (model.kind === 'refused' || naming.stage === null) return ''
  if (naming.stage.kind === 'opening-photo') return t('opening', { number: naming.stage.photo + 1 })
  return t('comparing')
}
