/** A sheet's name in plain text: the common name, else the scientific one, else that there was none. */
import { useTexts } from '../../languages/use-texts.ts'
import { type Sheet, titleOf } from './sheet.ts'

export function useSheetName(): (sheet: Sheet) => string {
  const t = useTexts('history')
  return (sheet) => {
    const title = titleOf(sheet)
    return title === null ? t('unnamed') : (title.commonName ?? title.scientificName)
  }
}
