/** The sheets as cards on a shelf, newest first; older ones by request. */
import { memo, useEffect, useRef } from 'react'
import { Button } from '../../design/button.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import type { Sheet } from './sheet.ts'
import { SheetCard } from './sheet-card.tsx'
import styles from './sheet-cards.module.css'

/** Shown anew only when they change, not with each stage of naming. */
export const SheetCards = memo(function SheetCards({
  sheets,
  isMore,
  onOpen,
  onMore,
}: {
  sheets: readonly Sheet[]
  isMore: boolean
  onOpen: (sheet: Sheet) => void
  onMore: () => void
}) {
  const t = useTexts('history')
  const list = useRef<HTMLUListElement>(null)
  /** Whoever asked for older ones goes on at the first of them. */
  const goOnAt = useRef<number | null>(null)
  const shown = sheets.length
  useEffect(() => {
    if (goOnAt.current === null || shown <= goOnAt.current) return
    list.current?.children[goOnAt.current]?.querySelector('button')?.focus()
    goOnAt.current = null
  }, [shown])
  return (
    <>
      <ul className={styles.shelf} ref={list}>
        {sheets.map((sheet) => (
          <li key={sheet.id}>
            <SheetCard sheet={sheet} onOpen={() => onOpen(sheet)} />
          </li>
        ))}
      </ul>
      {isMore ? (
        <div className={styles.more}>
          <Button
            onClick={() => {
              goOnAt.current = shown
              onMore()
            }}
          >
            {t('more')}
          </Button>
        </div>
      ) : null}
    </>
  )
})
