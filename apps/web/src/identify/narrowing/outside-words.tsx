/** The plant is hardly one of the list that was chosen. */
import { useTexts } from '../../languages/use-texts.ts'

export function OutsideWords({ name }: { name: string }) {
  const t = useTexts('narrowing')
  return (
    <>
      <h2>{t('outsideTitle', { name })}</h2>
      <p>{t('outsideWords')}</p>
    </>
  )
}
