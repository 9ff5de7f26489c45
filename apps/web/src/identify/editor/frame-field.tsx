/** The turned photo with a frame on it, drawn by pointer or keyboard. What the frame holds is read out when it has changed. */
'use client'

import { useEffect, useId, useRef } from 'react'
import { ReactCrop } from 'react-image-crop'
import 'react-image-crop/dist/ReactCrop.css'
import { useAmounts, useTexts } from '../../languages/use-texts.ts'
import styles from './frame-field.module.css'
import { drawPreview } from './photo-canvas.ts'
import { type Frame, isWhole, type PhotoEdit } from './photo-edit.ts'

/** A frame that a finger can still take hold of. */
const LEAST_PIXELS = 32

export function FrameField({
  photo,
  edit,
  onFrame,
}: {
  photo: ImageBitmap
  edit: PhotoEdit
  onFrame: (frame: Frame) => void
}) {
  const t = useTexts('photoEditor')
  const canvas = useRef<HTMLCanvasElement>(null)
  const hintId = useId()
  const { turns, frame } = edit
  useEffect(() => {
    if (canvas.current !== null) drawPreview(canvas.current, photo, turns)
  }, [photo, turns])
  return (
    <>
      {/* A screen reader leaves the arrow keys to an application. Left and right are the photo's in every language. */}
      <div
        className={styles.field}
        role="application"
        aria-label={t('field')}
        aria-describedby={hintId}
        dir="ltr"
      >
        <ReactCrop
          crop={{ unit: '%', ...frame }}
          keepSelection
          minWidth={LEAST_PIXELS}
          minHeight={LEAST_PIXELS}
          ruleOfThirds
          ariaLabels={{
            cropArea: t('frame'),
            nwDragHandle: t('handles.nw'),
            nDragHandle: t('handles.n'),
            neDragHandle: t('handles.ne'),
            eDragHandle: t('handles.e'),
            seDragHandle: t('handles.se'),
            sDragHandle: t('handles.s'),
            swDragHandle: t('handles.sw'),
            wDragHandle: t('handles.w'),
          }}
          onChange={(_, { x, y, width, height }) => onFrame({ x, y, width, height })}
        >
          <canvas ref={canvas} />
        </ReactCrop>
      </div>
      <p id={hintId} className={styles.hint}>
        {t('hint')} <span className={styles.keys}>{t('keys')}</span>
      </p>
      <FrameWords edit={edit} />
    </>
  )
}

function FrameWords({ edit: { turns, frame } }: { edit: PhotoEdit }) {
  const t = useTexts('photoEditor')
  const { percent } = useAmounts()
  const share = (ofHundred: number) => percent(ofHundred / 100)
  return (
    <p role="status" className="visually-hidden" data-testid="frame-words">
      {turns === 0 ? '' : t('turned', { degrees: turns * 90 })}{' '}
      {isWhole(frame)
        ? t('whole')
        : t('part', {
            width: share(frame.width),
            height: share(frame.height),
            left: share(frame.x),
            top: share(frame.y),
          })}
    </p>
  )
}
