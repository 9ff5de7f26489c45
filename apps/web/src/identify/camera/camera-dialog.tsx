/** What the camera sees, and a button that takes it. A camera that cannot be used is said, with what to do instead. */
'use client'

import { type ChangeEvent, useId, useRef, useState } from 'react'
import { Button } from '../../design/button.tsx'
import { Modal } from '../../design/modal.tsx'
import { Notice } from '../../design/notice.tsx'
import { useTexts } from '../../languages/use-texts.ts'
import styles from './camera-dialog.module.css'
import { takeShot } from './shot.ts'
import { type CameraRefusal, useCamera } from './use-camera.ts'

export function CameraDialog({
  onFiles,
  onLeave,
}: {
  onFiles: (files: File[]) => void
  onLeave: () => void
}) {
  const t = useTexts('camera')
  const { state, again } = useCamera()
  const video = useRef<HTMLVideoElement>(null)
  const [shown, setShown] = useState<MediaStream | null>(null)
  const isReady = state.kind === 'live' && shown === state.stream
  const titleId = useId()

  const give = (files: File[]) => {
    if (files.length === 0) return
    onLeave()
    onFiles(files)
  }
  const shoot = async () => {
    const shot = video.current === null ? null : await takeShot(video.current, new Date())
    if (shot !== null) give([shot])
  }

  return (
    <Modal titleId={titleId} shape="picture" onLeave={onLeave}>
      <div className={styles.camera}>
        <h2 id={titleId}>{t('title')}</h2>
        {state.kind === 'refused' ? (
          <Refusal why={state.why} />
        ) : (
          <div className={styles.stage}>
            {state.kind === 'live' ? (
              <video
                ref={(element) => {
                  video.current = element
                  if (element !== null && element.srcObject !== state.stream) element.srcObject = state.stream
                }}
                autoPlay
                muted
                playsInline
                aria-label={t('picture')}
                onPlaying={() => setShown(state.stream)}
                data-testid="camera-picture"
              />
            ) : null}
            <p role="status" className={styles.waiting}>
              {isReady ? '' : t('starting')}
            </p>
          </div>
        )}
        <div className={styles.ways}>
          <Button onClick={onLeave}>{t('close')}</Button>
          {state.kind === 'refused' ? (
            <>
              <Button onClick={again}>{t('again')}</Button>
              <FileWay onFiles={give} />
            </>
          ) : (
            <Button weight="strong" isBusy={!isReady} onClick={shoot}>
              {t('shoot')}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  )
}

function Refusal({ why }: { why: CameraRefusal }) {
  const t = useTexts('camera')
  return (
    <Notice tone="warm" title={t(`refused.${why}.title`)} said="at-once">
      <p>{t(`refused.${why}.words`)}</p>
    </Notice>
  )
}

/** A photo from the device's files, where the camera gives none. */
function FileWay({ onFiles }: { onFiles: (files: File[]) => void }) {
  const t = useTexts('camera')
  const take = (event: ChangeEvent<HTMLInputElement>) => onFiles([...(event.target.files ?? [])])
  return (
    <label className={styles.files}>
      <input type="file" accept="image/*" multiple onChange={take} />
      {t('choose')}
    </label>
  )
}
