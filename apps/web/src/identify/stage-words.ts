/** What happens between a photo and its answer, in words. */
import { bytes } from '../words/amounts.ts'
import type { ModelState } from './use-identifier.ts'
import type { NamingState } from './use-naming.ts'

/** Empty when there is nothing to wait for. */
export function stageWords(model: ModelState, naming: NamingState): string {
  if (naming.kind !== 'naming') return ''
  if (model.kind === 'opening') {
    if (model.stage?.kind === 'fetching') {
      return `Fetching the model: ${bytes(model.stage.done)} of ${bytes(model.stage.total)}`
    }
    return 'Getting the model ready …'
  }
  if (model.kind === 'refused') return ''
  if (naming.stage?.kind === 'opening-photo') return `Opening photo ${naming.stage.photo + 1} …`
  return 'Comparing …'
}
