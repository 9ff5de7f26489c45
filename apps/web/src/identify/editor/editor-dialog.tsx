/** Where a photo is turned and cut to the plant. Begins with the original and what was done to it before. */
'use client'

import { useId, useState } from 'react'
import { Button } from '../../design/button.tsx'
import { Modal } from '../../design/modal.tsx'
import { Notice } from '../../design/notice.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import type { PlantPhoto } from '../plant-photos.ts'
import styles from './editor-dialog.module.css'
import { FrameField } from './frame-field.tsx'
import { editedFile } from './photo-canvas.ts'
import { isUnedited, type PhotoEdit, UNEDITED } from './photo-edit.ts'
import { TurnMark } from './turn-mark.tsx'
import { useEditor } from './use-editor.ts'

export type OnEdited = (file: File, edit: PhotoEdit) => void

export function EditorDialog({
  photo: { original, edit: before },
  number,
  onEdited,
  onLeave,
}: {
  photo: PlantPhoto
  number: number
  onEdited: OnEdited
  onLeave: () => void
}) {
  const t = useTexts('photoEditor')
  const { opened, edit, turn, cutTo, reset } = useEditor(original, before)
  const [making, setMaking] = useState<'no' | 'yes' | 'failed'>('no')
  const titleId = useId()

  const finish = async (photo: ImageBitmap) => {
    setMaking('yes')
    const file = isUnedited(edit) ? original : await editedFile(photo, edit, original.name)
    if (file === null) return setMaking('failed')
    onLeave()
    if (edit !== before) onEdited(file, isUnedited(edit) ? UNEDITED : edit)
  }

  return (
    <Modal titleId={titleId} shape="picture" onLeave={onLeave}>
      <div className={styles.editor}>
        <h2 id={titleId}>{t('heading', { number })}</h2>
        {opened.kind === 'opening' ? <p role="status">{t('opening')}</p> : null}
        {opened.kind === 'unknown' || making === 'failed' ? (
          <Notice tone="warm" title={t('failedTitle')} said="at-once">
            <p>{opened.kind === 'unknown' ? t('unknown') : t('tooLarge')}</p>
          </Notice>
        ) : null}
        {opened.kind === 'open' ? <FrameField photo={opened.bitmap} edit={edit} onFrame={cutTo} /> : null}
        <div className={styles.foot}>
          {opened.kind === 'open' ? (
            <div className={styles.tools}>
              <Button onClick={() => turn('left')}>
                <TurnMark way="left" />
                {t('turnLeft')}
              </Button>
              <Button onClick={() => turn('right')}>
                <TurnMark way="right" />
                {t('turnRight')}
              </Button>
            </div>
          ) : null}
          <div className={styles.ways}>
            {opened.kind === 'open' ? (
              <Button isBusy={isUnedited(edit)} onClick={reset}>
                {t('reset')}
              </Button>
            ) : null}
            <Button onClick={onLeave}>{t('cancel')}</Button>
            {opened.kind === 'open' ? (
              <Button weight="strong" isBusy={making === 'yes'} onClick={() => void finish(opened.bitmap)}>
                {t('done')}
              </Button>
            ) : null}
          </div>
        </div>
      </div>
    </Modal>
  )
}
