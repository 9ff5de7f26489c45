/** A sheet as it stands on the shelf: its first photo, its name, when, how sure. */
import { useTexts } from '../../languages/use-texts.ts'
import { surenessOf } from '../answer.ts'
import { type Sheet, titleOf } from './sheet.ts'
import styles from './sheet-card.module.css'
import { SheetName } from './sheet-name.tsx'
import { Thumbnail } from './thumbnail.tsx'
import { useDates } from './use-dates.ts'

export function SheetCard({ sheet, onOpen }: { sheet: Sheet; onOpen: () => void }) {
  const { day } = useDates()
  return (
    <button
      type="button"
      className={styles.card}
      aria-haspopup="dialog"
      onClick={onOpen}
      data-testid="sheet"
      data-sheet={sheet.id}
    >
      <span className={styles.photo}>
        <Thumbnail jpeg={sheet.photos.find(({ jpeg }) => jpeg !== null)?.jpeg ?? null} alt="" />
      </span>
      <SheetName sheet={sheet} />
      <span className={styles.foot}>
        <time dateTime={new Date(sheet.begunAtMs).toISOString()}>{day(sheet.begunAtMs)}</time>
        <SurenessWord sheet={sheet} />
      </span>
    </button>
  )
}

function SurenessWord({ sheet }: { sheet: Sheet }) {
  const t = useTexts('identify')
  const title = titleOf(sheet)
  if (title === null) return null
  const sureness = surenessOf(title.score)
  return (
    <span className={styles.sureness} data-sureness={sureness}>
      {t(`sureness.${sureness}`)}
    </span>
  )
}
