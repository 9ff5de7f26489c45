/** The name on a sheet: the common one first, for people; the scientific one right below it. */
import { ScientificName } from '../../design/scientific-name.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import { type Sheet, titleOf } from './sheet.ts'
import styles from './sheet-name.module.css'

export function SheetName({ sheet }: { sheet: Sheet }) {
  const t = useTexts('history')
  const title = titleOf(sheet)
  if (title === null) return <span className={styles.unnamed}>{t('unnamed')}</span>
  const { commonName, scientificName, rank } = title
  // Botany writes families upright.
  const scientific =
    rank === 'family' ? <span lang="la">{scientificName}</span> : <ScientificName name={scientificName} />
  return (
    <span className={styles.names}>
      <span className={styles.name}>{commonName ?? scientific}</span>
      {commonName === undefined ? null : <span className={styles.scientific}>{scientific}</span>}
    </span>
  )
}
