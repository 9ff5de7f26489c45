/** The shelf with what belongs to it: the switch, what went wrong, what was deleted just now, export and deletion. */
'use client'

import { type RefObject, useCallback, useId, useRef, useState } from 'react'
import { Button } from '../../design/button.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import { DeleteAllDialog } from './delete-all-dialog.tsx'
import { type ExportFormat, exportHistory } from './export-history.ts'
import { FaultWords } from './fault-words.tsx'
import styles from './history-section.module.css'
import { type HistoryFault, type HistoryStore, isFault, type Shelf } from './history-store.ts'
import { KeepingSwitch } from './keeping-switch.tsx'
import type { Sheet } from './sheet.ts'
import { SheetCards } from './sheet-cards.tsx'
import { SheetDialog } from './sheet-dialog.tsx'
import type { Keeping } from './use-keeping.ts'
import { useSheetName } from './use-sheet-name.ts'
import type { ShelfState } from './use-shelf.ts'

type Opened = { kind: 'none' } | { kind: 'sheet'; sheet: Sheet } | { kind: 'delete-all' }
type Deleted = { kind: 'nothing' } | { kind: 'sheet'; sheet: Sheet } | { kind: 'all' }

export type HistorySectionProps = {
  store: HistoryStore
  state: Exclude<ShelfState, { kind: 'opening' }>
  /** Why the latest answer was not kept. */
  fault: HistoryFault | null
  keeping: Keeping
  onMore: () => void
}

export function HistorySection({ store, state, fault, keeping, onMore }: HistorySectionProps) {
  const t = useTexts('history')
  const titleId = useId()
  const title = useRef<HTMLHeadingElement>(null)
  const [opened, setOpened] = useState<Opened>({ kind: 'none' })
  const [deleted, setDeleted] = useState<Deleted>({ kind: 'nothing' })
  const [refused, setRefused] = useState<HistoryFault | null>(null)
  const shelf = state.kind === 'open' ? state.shelf : null
  const close = () => setOpened({ kind: 'none' })
  const open = useCallback((sheet: Sheet) => setOpened({ kind: 'sheet', sheet }), [])

  const change = async (outcome: Promise<null | HistoryFault>, done: Deleted) => {
    close()
    const fault = await outcome
    setRefused(fault)
    if (isFault(fault)) return
    setDeleted(done)
    // What was pressed is gone.
    title.current?.focus()
  }

  return (
    <section className={styles.history} aria-labelledby={titleId} data-testid="history">
      <div className={styles.head}>
        <h2 id={titleId} ref={title as RefObject<HTMLHeadingElement>} tabIndex={-1}>
          {t('title')}
        </h2>
        {shelf === null ? null : <KeepingSwitch keeping={keeping} isEmpty={shelf.total === 0} />}
      </div>
      <FaultWords fault={state.kind === 'refused' ? state.fault : (refused ?? fault)} />
      <div role="status" className={styles.deleted}>
        <DeletedWords
          deleted={deleted.kind === 'all' && shelf?.total !== 0 ? { kind: 'nothing' } : deleted}
          onUndo={(sheet) => void change(store.put(sheet), { kind: 'nothing' })}
        />
      </div>
      {shelf === null || shelf.total === 0 ? null : (
        <>
          <SheetCards sheets={shelf.sheets} isMore={shelf.isMore} onOpen={open} onMore={onMore} />
          <ShelfFoot
            shelf={shelf}
            onExport={async (format) => setRefused(await exportHistory(store, format, Date.now()))}
            onDeleteAll={() => setOpened({ kind: 'delete-all' })}
          />
        </>
      )}
      {opened.kind === 'sheet' ? (
        <SheetDialog
          // Its plant may be asked about just now, and the sheet be written anew while it is open.
          sheet={shelf?.sheets.find(({ id }) => id === opened.sheet.id) ?? opened.sheet}
          onClose={close}
          onDelete={() => void change(store.delete(opened.sheet.id), opened)}
        />
      ) : null}
      {opened.kind === 'delete-all' && shelf !== null ? (
        <DeleteAllDialog
          total={shelf.total}
          onNo={close}
          onYes={() => void change(store.deleteAll(), { kind: 'all' })}
        />
      ) : null}
    </section>
  )
}

function ShelfFoot({
  shelf,
  onExport,
  onDeleteAll,
}: {
  shelf: Shelf
  onExport: (format: ExportFormat) => void
  onDeleteAll: () => void
}) {
  const t = useTexts('history')
  return (
    <>
      {shelf.damaged === 0 ? null : (
        <p className={styles.damaged}>{t('damaged', { sheets: shelf.damaged })}</p>
      )}
      <div className={styles.foot}>
        <Button onClick={() => onExport('csv')}>{t('exportCsv')}</Button>
        <Button onClick={() => onExport('json')}>{t('exportJson')}</Button>
        <Button weight="grave" aria-haspopup="dialog" onClick={onDeleteAll}>
          {t('deleteAll')}
        </Button>
      </div>
    </>
  )
}

function DeletedWords({ deleted, onUndo }: { deleted: Deleted; onUndo: (sheet: Sheet) => void }) {
  const t = useTexts('history')
  const nameOf = useSheetName()
  if (deleted.kind === 'nothing') return null
  if (deleted.kind === 'all') return <p>{t('allDeleted')}</p>
  const { sheet } = deleted
  return (
    <>
      <p>{t('deleted', { name: nameOf(sheet) })}</p>
      <Button onClick={() => onUndo(sheet)}>{t('undo')}</Button>
    </>
  )
}
