/** Where photos come from: dropped, chosen from the device, or taken now. Large before the first, a card after it. */
import { useTexts } from '../languages/use-texts.ts'
import { MOST_PHOTOS } from './answer.ts'
import { TakePhoto } from './camera/take-photo.tsx'
import { useHasLiveCamera } from './camera/use-has-live-camera.ts'
import styles from './photo-choice.module.css'

export function PhotoChoice({
  isDragging,
  onFiles,
  shape,
}: {
  isDragging: boolean
  onFiles: (files: File[]) => void
  shape: 'sheet' | 'card'
}) {
  const t = useTexts('identify')
  const take = (input: HTMLInputElement) => {
    onFiles([...(input.files ?? [])])
    // The same file chosen once more must count as a change.
    input.value = ''
  }
  const isSheet = shape === 'sheet'
  const hasLiveCamera = useHasLiveCamera()
  return (
    <div className={`${styles.choice} ${styles[shape]}`} data-dragging={isDragging}>
      {isSheet ? (
        <p className={styles.invitation}>
          {isDragging ? (
            t('letGo')
          ) : (
            <>
              <span className={styles.drop}>{t('drop')}</span>
              <span className={styles.show}>{t('show')}</span>
            </>
          )}
        </p>
      ) : null}
      <div className={styles.ways}>
        <label className={`${styles.way} ${styles.camera}`}>
          <input
            type="file"
            accept="image/*"
            capture="environment"
            autoComplete="off"
            onChange={(event) => take(event.target)}
          />
          {isSheet ? t('takePhoto') : t('takeAnother')}
        </label>
        {hasLiveCamera ? (
          <TakePhoto className={`${styles.way}`} onFiles={onFiles}>
            {isSheet ? t('takePhoto') : t('takeAnother')}
          </TakePhoto>
        ) : null}
        <label className={`${styles.way} ${styles.files}`}>
          <input
            type="file"
            accept="image/*"
            multiple
            autoComplete="off"
            onChange={(event) => take(event.target)}
            data-testid="photo-input"
          />
          {isSheet ? t('choosePhotos') : t('addPhoto')}
        </label>
      </div>
      {isSheet ? <p className={styles.hint}>{t('hint', { most: MOST_PHOTOS })}</p> : null}
    </div>
  )
}
